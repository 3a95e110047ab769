use serde_json::json;
use types::{event::EventName, id::CannedResponseId, message::CannedResponse, permission::Permission};

use super::{check, taken};
use crate::{Cx, Result, audit, error::require, events};

/// Adds a canned answer.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation), also when the shortcut is taken.
pub async fn create(cx: &mut Cx, shortcut: &str, content: &str) -> Result<CannedResponse> {
    require(cx, Permission::ConversationsWrite)?;
    let (shortcut, content) = check(shortcut, content)?;
    let (organization, id, now) = (cx.organization(), CannedResponseId(cx.new_id()), cx.now());
    let inserted = sqlx::query!(
        "insert into canned_responses (organization_id, id, shortcut, content, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5)
         on conflict (organization_id, shortcut) do nothing",
        organization.0,
        id.0,
        shortcut,
        content,
        now
    )
    .execute(cx.conn())
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(taken());
    }
    let payload = json!({"shortcut": shortcut});
    events::emit(cx, EventName::CannedResponseCreated, "canned_response", id, None, payload).await?;
    let created = CannedResponse { id, shortcut, content, updated_at: now };
    audit::record(cx, "canned_response.created", id, None, Some(serde_json::to_value(&created)?)).await?;
    Ok(created)
}
