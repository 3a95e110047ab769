use chrono::Duration;
use types::id::AttachmentId;
use uuid::Uuid;

use crate::{Cx, Error, Result, Services, visitors::Visitor};

/// A file whose message was not sent within so many hours is removed.
const WAITING_HOURS: i64 = 24;
/// Rows that one call removes.
const BATCH: i64 = 1000;

/// Removes the attachments of conversations that are about to be deleted; their files go after the commit. Holds
/// conversations that the caller has locked.
pub(crate) async fn delete_of(cx: &mut Cx, conversations: &[Uuid]) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!(
        "with gone as (
           delete from attachments where organization_id = $1 and conversation_id = any($2) returning storage_key
         )
         insert into file_removals (path) select $1::uuid || '/' || storage_key from gone",
        organization.0,
        conversations
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// Removes a file that a visitor has uploaded and leaves out of the message after all.
///
/// # Errors
/// [`Error::NotFound`], also when it was sent, or is somebody else's.
pub async fn discard_as_visitor(services: &Services, visitor: &Visitor, id: AttachmentId) -> Result<()> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let gone = sqlx::query!(
        "with gone as (
           delete from attachments where organization_id = $1 and id = $2 and visitor_id = $3 and message_id is null
           returning storage_key
         )
         insert into file_removals (path) select $1::uuid || '/' || storage_key from gone",
        visitor.organization.0,
        id.0,
        visitor.id.0
    )
    .execute(cx.conn())
    .await?;
    services.commit(cx).await?;
    if gone.rows_affected() == 0 { Err(Error::NotFound("file")) } else { Ok(()) }
}

/// Removes uploads whose message never came. Gives how many, at most 1000.
pub(crate) async fn delete_forgotten(cx: &mut Cx) -> Result<u64> {
    let (organization, now) = (cx.organization(), cx.now());
    let gone = sqlx::query!(
        "with gone as (
           delete from attachments where organization_id = $1 and message_id is null and id in (
             select id from attachments where organization_id = $1 and message_id is null and created_at < $2
             order by created_at limit $3 for update skip locked)
           returning storage_key
         )
         insert into file_removals (path) select $1::uuid || '/' || storage_key from gone",
        organization.0,
        now - Duration::hours(WAITING_HOURS),
        BATCH
    )
    .execute(cx.conn())
    .await?;
    Ok(gone.rows_affected())
}
