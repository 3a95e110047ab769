use serde_json::json;
use types::{event::EventName, id::TeamId, member::TeamInput, permission::Permission};

use super::input::check;
use crate::{Cx, Error, Held, Result, audit, error::require, events, hold};

/// Teams that an organization may have.
const AT_MOST: i64 = 200;

/// Makes a team.
///
/// # Errors
/// [`Error::Validation`]; [`Error::Refused`] when there are 200.
pub async fn create(cx: &mut Cx, input: TeamInput) -> Result<TeamId> {
    require(cx, Permission::MembersWrite)?;
    hold(cx, Held::Organization).await?;
    let input = check(cx, None, input).await?;
    let (organization, id, now) = (cx.organization(), TeamId(cx.new_id()), cx.now());
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from teams where organization_id = $1"#, organization.0)
            .fetch_one(cx.conn())
            .await?;
    if count >= AT_MOST {
        return Err(Error::Refused("an organization has at most 200 teams"));
    }
    sqlx::query!(
        "insert into teams (organization_id, id, name, description, parent_id, manager_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
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
    let facts = json!(input);
    events::emit(cx, EventName::TeamCreated, "team", id, None, facts.clone()).await?;
    audit::record(cx, "team.created", id, None, Some(facts)).await?;
    Ok(id)
}
