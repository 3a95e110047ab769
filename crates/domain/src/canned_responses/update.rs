use serde_json::json;
use types::{event::EventName, id::CannedResponseId, message::CannedResponse, permission::Permission};

use super::{check, taken};
use crate::{Cx, Error, Result, audit, check_shown, error::require, events};

/// Changes a canned answer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Validation`], also when the shortcut is another's; that of [`check_shown`].
pub async fn update(
    cx: &mut Cx,
    id: CannedResponseId,
    shown: Option<i64>,
    shortcut: &str,
    content: &str,
) -> Result<CannedResponse> {
    require(cx, Permission::ConversationsWrite)?;
    let (shortcut, content) = check(shortcut, content)?;
    let (organization, now) = (cx.organization(), cx.now());
    let before = sqlx::query!(
        "select shortcut, content, updated_at from canned_responses where organization_id = $1 and id = $2 for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("canned response"))?;
    check_shown(shown, before.updated_at)?;
    let before =
        CannedResponse { id, shortcut: before.shortcut, content: before.content, updated_at: before.updated_at };
    let changed = sqlx::query!(
        "update canned_responses set shortcut = $3, content = $4, updated_at = $5 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        shortcut,
        content,
        now
    )
    .execute(cx.conn())
    .await;
    match changed {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(taken()),
        other => other?,
    };
    let payload = json!({"shortcut": shortcut});
    events::emit(cx, EventName::CannedResponseUpdated, "canned_response", id, None, payload).await?;
    let after = CannedResponse { id, shortcut, content, updated_at: now };
    audit::changed(cx, "canned_response.updated", id, &before, &after).await?;
    Ok(after)
}
