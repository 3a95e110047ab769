use serde_json::json;
use types::{event::EventName, id::CannedResponseId, permission::Permission};

use crate::{Cx, Error, Result, audit, error::require, events};

/// Removes a canned answer.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: CannedResponseId) -> Result<()> {
    require(cx, Permission::ConversationsWrite)?;
    let organization = cx.organization();
    let gone = sqlx::query!(
        "delete from canned_responses where organization_id = $1 and id = $2 returning shortcut, content",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("canned response"))?;
    let payload = json!({"shortcut": gone.shortcut});
    events::emit(cx, EventName::CannedResponseDeleted, "canned_response", id, None, payload).await?;
    let before = json!({"shortcut": gone.shortcut, "content": gone.content});
    audit::record(cx, "canned_response.deleted", id, Some(before), None).await?;
    Ok(())
}
