use axum::extract::{Query, State};
use domain::{messages, visitors};
use serde::{Deserialize, Serialize};
use types::{
    id::ConversationId,
    message::Message,
    widget::{WidgetMessage, WidgetSent},
};

use crate::{
    Api,
    answer::Data,
    error::ApiResult,
    extract::{ApiJson, ClientIp, VisitorAuth},
};

#[derive(Deserialize)]
pub(super) struct Before {
    conversation: ConversationId,
    before: i64,
}

/// A page of older messages.
#[derive(Serialize)]
pub(super) struct History {
    messages: Vec<Message>,
    has_more: bool,
}

/// `GET /widget/api/messages?conversation=…&before=…`: the page before a message.
pub(super) async fn list(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    Query(page): Query<Before>,
) -> ApiResult<Data<History>> {
    let messages = visitors::history(&api.services, &visitor, page.conversation, Some(page.before)).await?;
    // The first message has number 1. Where only notes stand before, one more page is asked and comes back empty.
    let has_more = messages.first().is_some_and(|first| first.seq > 1);
    Ok(Data(History { messages, has_more }))
}

/// `POST /widget/api/messages`
pub(super) async fn send(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    ip: ClientIp,
    ApiJson(input): ApiJson<WidgetMessage>,
) -> ApiResult<Data<WidgetSent>> {
    api.limits.check_message(&visitor, ip)?;
    Ok(Data(messages::receive(&api.services, &visitor, input).await?))
}

#[derive(Deserialize)]
pub(super) struct Read {
    conversation_id: ConversationId,
    seq: i64,
}

/// `POST /widget/api/read`: the visitor has seen everything up to here.
pub(super) async fn mark_read(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    ApiJson(read): ApiJson<Read>,
) -> ApiResult<Data<()>> {
    visitors::mark_read(&api.services, &visitor, read.conversation_id, read.seq).await?;
    Ok(Data(()))
}
