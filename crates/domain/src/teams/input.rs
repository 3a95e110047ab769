use types::{
    error::FieldRule,
    id::{MemberId, TeamId},
    member::TeamInput,
};

use crate::{Cx, Result, validate::Check};

/// Whether there is such a team.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn exists(cx: &mut Cx, id: TeamId) -> Result<bool> {
    let organization = cx.organization();
    let exists = sqlx::query_scalar!(
        r#"select exists (select from teams where organization_id = $1 and id = $2) as "exists!""#,
        organization.0,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(exists)
}

/// Checks what a team is to be. `id` is the team's own, when it is there already: it cannot be below itself.
pub(super) async fn check(cx: &mut Cx, id: Option<TeamId>, input: TeamInput) -> Result<TeamInput> {
    let mut check = Check::default();
    let name = check.line("name", &input.name, 1..=60);
    let description = check.text("description", &input.description, 0..=500);
    if is_taken(cx, id, &name).await? {
        check.rule("name", FieldRule::Taken);
    }
    if let Some(parent) = input.parent_id
        && !may_be_parent(cx, id, parent).await?
    {
        check.rule("parent_id", FieldRule::NotThere);
    }
    if let Some(manager) = input.manager_id
        && !is_member(cx, manager).await?
    {
        check.rule("manager_id", FieldRule::NotThere);
    }
    check.finish()?;
    Ok(TeamInput { name, description, ..input })
}

async fn is_taken(cx: &mut Cx, id: Option<TeamId>, name: &str) -> Result<bool> {
    let organization = cx.organization();
    let taken = sqlx::query_scalar!(
        r#"select exists (select from teams where organization_id = $1 and name = $2
                            and ($3::uuid is null or id <> $3)) as "taken!""#,
        organization.0,
        name,
        id.map(|id| id.0)
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(taken)
}

/// Whether the parent is there and does not stand below the team itself.
async fn may_be_parent(cx: &mut Cx, id: Option<TeamId>, parent: TeamId) -> Result<bool> {
    let organization = cx.organization();
    let above = sqlx::query_scalar!(
        r#"with recursive above as (
             select id, parent_id from teams where organization_id = $1 and id = $2
             union
             select t.id, t.parent_id from teams t join above on t.id = above.parent_id where t.organization_id = $1
           )
           select id as "id!" from above"#,
        organization.0,
        parent.0
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(!above.is_empty() && !id.is_some_and(|id| above.contains(&id.0)))
}

async fn is_member(cx: &mut Cx, id: MemberId) -> Result<bool> {
    let organization = cx.organization();
    let exists = sqlx::query_scalar!(
        r#"select exists (select from members where organization_id = $1 and id = $2 and user_id is not null)
                  as "exists!""#,
        organization.0,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(exists)
}
