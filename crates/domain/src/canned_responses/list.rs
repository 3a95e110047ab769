use types::{id::CannedResponseId, message::CannedResponse, permission::Permission};

use crate::{Cx, Result, error::require};

/// The canned answers by shortcut, at most 500.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<CannedResponse>> {
    require(cx, Permission::ConversationsRead)?;
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select id, shortcut, content, updated_at from canned_responses
         where organization_id = $1 order by shortcut limit 500",
        organization.0
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CannedResponse {
            id: CannedResponseId(row.id),
            shortcut: row.shortcut,
            content: row.content,
            updated_at: row.updated_at,
        })
        .collect())
}
