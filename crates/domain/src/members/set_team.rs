use serde_json::json;
use types::{
    error::FieldRule,
    event::EventName,
    id::{MemberId, TeamId},
    permission::Permission,
};

use crate::{
    Cx, Error, Result, audit,
    error::{require, require_in_person},
    events, teams,
};

/// Puts a member into a team, or into none.
///
/// # Errors
/// [`Error::NotFound`] of the member; [`Error::Validation`] of `team_id`.
pub async fn set_team(cx: &mut Cx, id: MemberId, team: Option<TeamId>) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let organization = cx.organization();
    let before = sqlx::query_scalar!(
        "select team_id from members where organization_id = $1 and id = $2 and user_id is not null for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("member"))?
    .map(TeamId);
    if before == team {
        return Ok(());
    }
    if let Some(team) = team
        && !teams::exists(cx, team).await?
    {
        return Err(Error::rule("team_id", FieldRule::NotThere));
    }
    sqlx::query!(
        "update members set team_id = $3 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        team.map(|team| team.0)
    )
    .execute(cx.conn())
    .await?;
    events::emit(cx, EventName::MemberUpdated, "member", id, None, json!({"team_id": team})).await?;
    audit::record(cx, "member.updated", id, Some(json!({"team_id": before})), Some(json!({"team_id": team}))).await
}
