use serde_json::json;
use types::{event::EventName, id::TeamId, permission::Permission};

use crate::{Cx, Error, Held, Result, audit, error::require, events, hold};

/// Removes a team: the teams below it move up to where it stood, its members and conversations are in none.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: TeamId) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    hold(cx, Held::Organization).await?;
    let organization = cx.organization();
    let team =
        sqlx::query!("select name, parent_id from teams where organization_id = $1 and id = $2", organization.0, id.0)
            .fetch_optional(cx.conn())
            .await?
            .ok_or(Error::NotFound("team"))?;
    sqlx::query!(
        "update teams set parent_id = $3 where organization_id = $1 and parent_id = $2",
        organization.0,
        id.0,
        team.parent_id
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!("delete from teams where organization_id = $1 and id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    let facts = json!({"name": team.name});
    events::emit(cx, EventName::TeamDeleted, "team", id, None, facts.clone()).await?;
    audit::record(cx, "team.deleted", id, Some(facts), None).await
}
