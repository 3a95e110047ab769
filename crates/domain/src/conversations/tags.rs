use types::permission::Permission;

use crate::{Cx, Result, error::require};

/// How many conversations are looked at. Given to the query as a value: with a number in its text, Postgres plans it anew each
/// time.
const LOOKED_AT: i64 = 500;

/// The tags of the 500 newest conversations that have any, by name, at most 200.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn tags(cx: &mut Cx) -> Result<Vec<String>> {
    require(cx, Permission::ConversationsRead)?;
    let organization = cx.organization();
    let tags = sqlx::query_scalar!(
        r#"select distinct tag as "tag!" from (
             select unnest(tags) tag from (
               select tags from conversations where organization_id = $1 and tags <> '{}'
               order by created_at desc limit $2) newest) each
           order by 1 limit 200"#,
        organization.0,
        LOOKED_AT
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(tags)
}
