use types::{
    id::{MemberId, TeamId},
    member::Team,
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// The teams by name, at most 200.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<Team>> {
    find(cx, None).await
}

/// A team.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn get(cx: &mut Cx, id: TeamId) -> Result<Team> {
    find(cx, Some(id)).await?.pop().ok_or(Error::NotFound("team"))
}

async fn find(cx: &mut Cx, id: Option<TeamId>) -> Result<Vec<Team>> {
    require(cx, Permission::MembersRead)?;
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select t.id, t.name, t.description, t.parent_id, t.manager_id, t.updated_at,
                  (select count(*) from members m where m.organization_id = $1 and m.team_id = t.id) as "members!"
           from teams t where t.organization_id = $1 and ($2::uuid is null or t.id = $2)
           order by lower(t.name), t.id limit 200"#,
        organization.0,
        id.map(|id| id.0)
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Team {
            id: TeamId(row.id),
            name: row.name,
            description: row.description,
            parent_id: row.parent_id.map(TeamId),
            manager_id: row.manager_id.map(MemberId),
            members: row.members,
            updated_at: row.updated_at,
        })
        .collect())
}
