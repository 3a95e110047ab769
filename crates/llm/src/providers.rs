use futures::{future::BoxFuture, stream::BoxStream};

use crate::{ChatEvent, ChatRequest, Models, ProviderKind, Result, Timeouts, anthropic, openai};

/// Language models over HTTP, each request to the provider that it names.
#[derive(Clone)]
pub struct Providers {
    client: outbound::Client,
    timeouts: Timeouts,
}

impl Providers {
    /// Over the guarded client: base addresses are the organizations' own words.
    pub fn new(client: outbound::Client, timeouts: Timeouts) -> Self {
        Self { client, timeouts }
    }
}

impl Models for Providers {
    fn stream(&self, request: ChatRequest) -> BoxFuture<'_, Result<BoxStream<'static, Result<ChatEvent>>>> {
        Box::pin(async move {
            match request.provider.kind {
                ProviderKind::Openai => openai::stream(&self.client, self.timeouts, request).await,
                ProviderKind::Anthropic => anthropic::stream(&self.client, self.timeouts, request).await,
            }
        })
    }
}
