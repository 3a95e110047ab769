use std::time::Duration;

use axum::{
    extract::{Query, State, ws::WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
};
use domain::{
    Error, Services,
    live::{self, Missed, Subscription},
    visitors::{self, Visitor},
};
use serde::Deserialize;
use tokio::time::Instant;
use types::{
    id::ConversationId,
    live::{ClientFrame, LiveEvent, Signal},
};

use crate::{
    Api,
    error::ApiResult,
    extract::ClientIp,
    live::{Peer, Place, prepare, run},
};

/// Signs of typing pass on at most this often.
const TYPING_EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
pub(super) struct Proof {
    token: String,
}

/// `GET /widget/api/live?token=…`: the widget's socket. Browsers cannot send a header with it.
pub(super) async fn connect(
    State(api): State<Api>,
    ip: ClientIp,
    Query(proof): Query<Proof>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> ApiResult<Response> {
    let socket = prepare(socket, &headers)?;
    api.limits.sockets.check(&ip.counted_as())?;
    let visitor = visitors::verify(&api.services, &proof.token).ok_or(Error::Unauthenticated)?;
    let _place = api.visitor_places.take(ip.counted_as())?;
    let services = api.services;
    let browser = Browser { services, visitor, token: proof.token, conversation: None, typed_at: None, _place };
    Ok(socket.on_upgrade(|socket| run(socket, browser)))
}

/// A widget of a visitor.
struct Browser {
    services: Services,
    visitor: Visitor,
    token: String,
    conversation: Option<ConversationId>,
    typed_at: Option<Instant>,
    _place: Place,
}

impl Browser {
    async fn current(&self) -> domain::Result<Option<ConversationId>> {
        visitors::conversation_id(&self.services, &self.visitor).await
    }
}

impl Peer for Browser {
    async fn subscribe(&mut self) -> domain::Result<Subscription> {
        self.conversation = self.current().await?;
        loop {
            let subscription = self.services.live.subscribe_visitor(&self.visitor, self.conversation);
            // A conversation that began before the subscription did would not be told any more.
            let now = self.current().await?;
            if now == self.conversation {
                return Ok(subscription);
            }
            self.conversation = now;
        }
    }

    async fn missed(
        &mut self,
        subscription: &mut Subscription,
        since: Option<i64>,
        limit: i64,
    ) -> domain::Result<Missed> {
        if since.is_none() {
            self.conversation = self.current().await?;
            subscription.follow(self.conversation);
        }
        live::missed_by_visitor(&self.services, &self.visitor, self.conversation, since, limit).await
    }

    fn heard(&mut self, frame: ClientFrame) {
        let (ClientFrame::Typing { .. }, Some(conversation_id)) = (frame, self.conversation) else { return };
        if self.typed_at.is_some_and(|at| at.elapsed() < TYPING_EVERY) {
            return;
        }
        self.typed_at = Some(Instant::now());
        self.services.live.signal(self.visitor.organization, Signal::ContactTyping { conversation_id });
    }

    async fn is_welcome(&mut self) -> bool {
        visitors::verify(&self.services, &self.token).is_some()
    }

    fn is_about(&self, _: &LiveEvent) -> bool {
        false
    }

    fn gone(&mut self) {}
}

#[cfg(test)]
mod tests {
    use axum::extract::ws::WebSocket;

    use super::*;

    fn size_of_task<F>(_: impl Fn(WebSocket, Browser) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn ten_thousand_sockets_that_wait_keep_little_memory() {
        let size = size_of_task(run);
        assert!(size <= 3_072, "{size} bytes");
    }
}
