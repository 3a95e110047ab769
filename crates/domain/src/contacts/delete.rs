use serde_json::json;
use types::{event::EventName, id::ContactId, permission::Permission};

use crate::{Cx, Error, Result, attachments, audit, error::require, events};

/// Erases a contact with all of its conversations and their files, and what is left of contacts that were merged into it. The
/// events that told of them stay, without what they told.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: ContactId) -> Result<()> {
    require(cx, Permission::ContactsWrite)?;
    let organization = cx.organization();
    // In the order in which a message of the contact takes them: who writes one waits here, and finds all of it gone.
    sqlx::query!(
        "select id from contact_identities where organization_id = $1 and contact_id = $2 order by id for update",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    let conversations = sqlx::query_scalar!(
        "select id from conversations where organization_id = $1 and contact_id = $2 order by id for update",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    attachments::delete_of(cx, &conversations).await?;
    forget(cx, id).await?;
    sqlx::query!("delete from contacts where organization_id = $1 and merged_into_id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    let deleted = sqlx::query!("delete from contacts where organization_id = $1 and id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound("contact"));
    }
    events::emit(cx, EventName::ContactDeleted, "contact", id, None, json!({})).await?;
    // Not who it was: the person is to be forgotten.
    audit::record(cx, "contact.deleted", id, Some(json!({"conversations": conversations.len()})), None).await
}

/// Empties the events of a contact, of those merged into it, and of their conversations and messages, and what endpoints
/// answered to them, which may repeat it. Names and positions stay, for those who follow. Events are held in the order in
/// which the publisher holds them.
async fn forget(cx: &mut Cx, id: ContactId) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!(
        "with held as (
           select id from events
           where organization_id = $1 and resource_id = any(array(
             select id from contacts where organization_id = $1 and (id = $2 or merged_into_id = $2)
             union all
             select id from conversations where organization_id = $1 and contact_id = $2
             union all
             select m.id from conversations c
             join messages m on m.organization_id = c.organization_id and m.conversation_id = c.id
             where c.organization_id = $1 and c.contact_id = $2))
           order by id for update
         ), told as (
           update events e set payload = '{}' from held where e.organization_id = $1 and e.id = held.id
           returning e.id
         )
         update webhook_deliveries d set response_body = null from told
         where d.organization_id = $1 and d.event_id = told.id and d.response_body is not null",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
