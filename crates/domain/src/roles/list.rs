use types::{id::RoleId, member::CustomRole, permission::Permission};

use crate::{Cx, Result, error::require};

/// The organization's own roles by name, at most 100.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<CustomRole>> {
    require(cx, Permission::MembersRead)?;
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select r.id, r.name, r.permissions,
                  (select count(*) from members m where m.organization_id = $1 and m.custom_role_id = r.id) as "members!"
           from roles r where r.organization_id = $1 order by lower(r.name), r.id limit 100"#,
        organization.0
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
        })
        .collect())
}
