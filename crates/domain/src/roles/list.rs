use types::{id::RoleId, member::CustomRole, permission::Permission};

use crate::{Cx, Error, Result, error::require};

/// The organization's own roles by name, at most 100.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<CustomRole>> {
    find(cx, None).await
}

/// A role of the organization's own.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn get(cx: &mut Cx, id: RoleId) -> Result<CustomRole> {
    find(cx, Some(id)).await?.pop().ok_or(Error::NotFound("role"))
}

async fn find(cx: &mut Cx, id: Option<RoleId>) -> Result<Vec<CustomRole>> {
    require(cx, Permission::MembersRead)?;
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select r.id, r.name, r.permissions, r.updated_at,
                  (select count(*) from members m where m.organization_id = $1 and m.custom_role_id = r.id) as "members!"
           from roles r where r.organization_id = $1 and ($2::uuid is null or r.id = $2)
           order by lower(r.name), r.id limit 100"#,
        organization.0,
        id.map(|id| id.0)
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CustomRole {
            id: RoleId(row.id),
            name: row.name,
            permissions: row.permissions.iter().filter_map(|word| word.parse().ok()).collect(),
            members: row.members,
            updated_at: row.updated_at,
        })
        .collect())
}
