use axum::extract::State;
use domain::{Actor, Services, members, visitors, visitors::Visitor};
use serde::Serialize;
use types::widget::{StartSession, WidgetConversation, WidgetSession};

use crate::{
    Api,
    answer::Data,
    error::ApiResult,
    extract::{ApiJson, ClientIp, VisitorAuth},
};

/// The conversation as it is now, and whether anybody is there.
#[derive(Serialize)]
pub(super) struct Now {
    pub(super) conversation: Option<WidgetConversation>,
    pub(super) members_online: bool,
}

/// What the visitor's browser is to show now.
pub(super) async fn now(services: &Services, visitor: &Visitor) -> ApiResult<Now> {
    let conversation = visitors::conversation(services, visitor).await?;
    let mut cx = services.db.begin(visitor.organization, Actor::System).await?;
    Ok(Now { conversation, members_online: members::any_online(&mut cx).await? })
}

/// `POST /widget/api/session`: starts a visitor, or goes on with the one whose token the browser has kept.
pub(super) async fn start(
    State(api): State<Api>,
    ip: ClientIp,
    ApiJson(input): ApiJson<StartSession>,
) -> ApiResult<Data<WidgetSession>> {
    // Who goes on with a visit begins nothing, and does so on every page: an office full of known visitors may.
    let is_known = input.token.as_deref().is_some_and(|token| visitors::verify(&api.services, token).is_some());
    let limit = if is_known { &api.limits.writes_by_address } else { &api.limits.sessions };
    limit.check(&ip.counted_as())?;
    Ok(Data(visitors::start(&api.services, input).await?))
}

/// `GET /widget/api/conversation`
pub(super) async fn conversation(State(api): State<Api>, VisitorAuth(visitor): VisitorAuth) -> ApiResult<Data<Now>> {
    Ok(Data(now(&api.services, &visitor).await?))
}

/// `POST /widget/api/person`: the visitor asks for a person.
pub(super) async fn request_person(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    ip: ClientIp,
) -> ApiResult<Data<Now>> {
    // Begins a conversation as a message does.
    api.limits.check_message(&visitor, ip)?;
    visitors::request_person(&api.services, &visitor).await?;
    Ok(Data(now(&api.services, &visitor).await?))
}

/// `POST /widget/api/end`: the visitor ends the conversation.
pub(super) async fn end(State(api): State<Api>, VisitorAuth(visitor): VisitorAuth) -> ApiResult<Data<Now>> {
    visitors::end_conversation(&api.services, &visitor).await?;
    Ok(Data(now(&api.services, &visitor).await?))
}

/// `POST /widget/api/restart`: leaves the conversation; the next message begins another.
pub(super) async fn restart(State(api): State<Api>, VisitorAuth(visitor): VisitorAuth) -> ApiResult<Data<Now>> {
    visitors::restart(&api.services, &visitor).await?;
    Ok(Data(now(&api.services, &visitor).await?))
}
