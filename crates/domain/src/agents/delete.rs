use serde_json::json;
use types::{event::EventName, id::AgentId, permission::Permission};

use crate::{
    Cx, Error, Result, audit,
    error::require,
    events,
    jobs::{self, Job},
};

/// Removes an agent. It answers nobody from then on, and what it is just writing is refused; a job makes the conversations
/// that it was answering a person's, tells visitors who wait for its answer so, and removes what it left behind.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: AgentId) -> Result<()> {
    require(cx, Permission::AgentsWrite)?;
    let (organization, now) = (cx.organization(), cx.now());
    let name = sqlx::query_scalar!(
        "update agents set deleted_at = $3, is_active = false, api_key_encrypted = null
         where organization_id = $1 and id = $2 and deleted_at is null returning name",
        organization.0,
        id.0,
        now
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("agent"))?;
    sqlx::query!(
        "update channels set agent_id = null where organization_id = $1 and agent_id = $2",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    jobs::enqueue(cx, Job::RemoveAgent { organization_id: organization, agent_id: id }).await?;
    events::emit(cx, EventName::AgentDeleted, "agent", id, None, json!({"name": name})).await?;
    audit::record(cx, "agent.deleted", id, Some(json!({"name": name})), None).await?;
    Ok(())
}
