use types::permission::Permission;

use crate::{Cx, Result, error::require};

/// The tags in use, by name: those of the 5,000 contacts seen last, at most 200.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn tags(cx: &mut Cx) -> Result<Vec<String>> {
    require(cx, Permission::ContactsRead)?;
    let organization = cx.organization();
    let tags = sqlx::query_scalar!(
        r#"select distinct tag as "tag!" from (
             select unnest(tags) tag from (
               select tags from contacts where organization_id = $1
               order by last_contact_at desc nulls last limit 5000) recent) each
           order by 1 limit 200"#,
        organization.0
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(tags)
}
