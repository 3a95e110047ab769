use serde_json::json;
use types::{event::EventName, id::ContactId, permission::Permission};

use crate::{Cx, Error, Result, error::require, events};

/// Erases a contact with all of its conversations.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: ContactId) -> Result<()> {
    require(cx, Permission::ContactsWrite)?;
    let organization = cx.organization();
    let deleted = sqlx::query!("delete from contacts where organization_id = $1 and id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound("contact"));
    }
    events::emit(cx, EventName::ContactDeleted, "contact", id, None, json!({})).await?;
    Ok(())
}
