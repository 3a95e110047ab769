use serde_json::json;
use types::{event::EventName, id::CannedResponseId, permission::Permission};

use crate::{Cx, Error, Result, error::require, events};

/// Removes a canned answer.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: CannedResponseId) -> Result<()> {
    require(cx, Permission::ConversationsWrite)?;
    let organization = cx.organization();
    let shortcut = sqlx::query_scalar!(
        "delete from canned_responses where organization_id = $1 and id = $2 returning shortcut",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("canned response"))?;
    let payload = json!({"shortcut": shortcut});
    events::emit(cx, EventName::CannedResponseDeleted, "canned_response", id, None, payload).await?;
    Ok(())
}
