use serde_json::json;
use types::{event::EventName, id::ContactId, permission::Permission};
use uuid::Uuid;

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
    let person = with_merged(cx, id).await?;
    forget(cx, id, &person).await?;
    let deleted =
        sqlx::query!("delete from contacts where organization_id = $1 and id = any($2)", organization.0, &person)
            .execute(cx.conn())
            .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound("contact"));
    }
    events::emit(cx, EventName::ContactDeleted, "contact", id, None, json!({})).await?;
    // Not who it was: the person is to be forgotten.
    audit::record(cx, "contact.deleted", id, Some(json!({"conversations": conversations.len()})), None).await
}

/// The contact with those that were merged into it, and into those.
async fn with_merged(cx: &mut Cx, id: ContactId) -> Result<Vec<Uuid>> {
    let organization = cx.organization();
    let ids = sqlx::query_scalar!(
        r#"with recursive person as (
             select id from contacts where organization_id = $1 and id = $2
             union
             select c.id from person p join contacts c on c.organization_id = $1 and c.merged_into_id = p.id
           )
           select id as "id!" from person"#,
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(ids)
}

/// Empties the events of a contact, of those merged into it, and of their conversations and messages, and what endpoints
/// answered to them, which may repeat it. Names and positions stay, for those who follow. Events are held in the order in
/// which the publisher holds them, and deliveries in that of the lanes.
async fn forget(cx: &mut Cx, id: ContactId, person: &[Uuid]) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!(
        "with held as (
           select id from events
           where organization_id = $1 and resource_id = any(array(
             select unnest($3::uuid[])
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
         ), deliveries as (
           select d.id from told join webhook_deliveries d on d.organization_id = $1 and d.event_id = told.id
           order by d.id for update of d
         )
         update webhook_deliveries d set response_body = null from deliveries
         where d.organization_id = $1 and d.id = deliveries.id",
        organization.0,
        id.0,
        person
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
