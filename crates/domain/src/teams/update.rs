use serde_json::json;
use types::{
    event::EventName,
    id::{MemberId, TeamId},
    member::TeamInput,
    permission::Permission,
};

use super::input::check;
use crate::{Cx, Error, Held, Result, audit, error::require, events, hold};

/// Changes a team.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Validation`], also when the team would stand below itself.
pub async fn update(cx: &mut Cx, id: TeamId, input: TeamInput) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    hold(cx, Held::Organization).await?;
    let (organization, now) = (cx.organization(), cx.now());
    let before = sqlx::query!(
        "select name, description, parent_id, manager_id from teams where organization_id = $1 and id = $2",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("team"))?;
    let before = TeamInput {
        name: before.name,
        description: before.description,
        parent_id: before.parent_id.map(TeamId),
        manager_id: before.manager_id.map(MemberId),
    };
    let input = check(cx, Some(id), input).await?;
    sqlx::query!(
        "update teams set name = $3, description = $4, parent_id = $5, manager_id = $6, updated_at = $7
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        input.name,
        input.description,
        input.parent_id.map(|id| id.0),
        input.manager_id.map(|id| id.0),
        now
    )
    .execute(cx.conn())
    .await?;
    events::emit(cx, EventName::TeamUpdated, "team", id, None, json!(input)).await?;
    audit::changed(cx, "team.updated", id, &before, &input).await
}
