use types::{
    id::{ConversationId, MessageId},
    message::Message,
    page::MAX_LIMIT,
    permission::Permission,
};
use uuid::Uuid;

use super::load;
use crate::{Cx, Error, Result, error::require};

/// The newest messages of a conversation, or those before one, ascending; at most 100.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list(cx: &mut Cx, id: ConversationId, before_seq: Option<i64>, limit: i64) -> Result<Vec<Message>> {
    require(cx, Permission::ConversationsRead)?;
    check(cx, id).await?;
    newest(cx, id, before_seq, limit, true).await
}

/// The messages after one, ascending; at most 100: ask again after the last.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn after(cx: &mut Cx, id: ConversationId, after_seq: i64) -> Result<Vec<Message>> {
    require(cx, Permission::ConversationsRead)?;
    check(cx, id).await?;
    let organization = cx.organization();
    let ids = sqlx::query_scalar!(
        "select id from messages where organization_id = $1 and conversation_id = $2 and seq > $3
         order by seq limit $4",
        organization.0,
        id.0,
        after_seq,
        MAX_LIMIT
    )
    .fetch_all(cx.conn())
    .await?;
    load(cx, &ids).await
}

/// The newest messages (before one), ascending. The caller has checked the conversation.
pub(crate) async fn newest(
    cx: &mut Cx,
    id: ConversationId,
    before_seq: Option<i64>,
    limit: i64,
    notes: bool,
) -> Result<Vec<Message>> {
    let organization = cx.organization();
    let ids: Vec<Uuid> = sqlx::query_scalar!(
        "select id from messages where organization_id = $1 and conversation_id = $2 and seq < $3
           and (not is_note or $4)
         order by seq desc limit $5",
        organization.0,
        id.0,
        before_seq.unwrap_or(i64::MAX),
        notes,
        limit.clamp(1, MAX_LIMIT + 1)
    )
    .fetch_all(cx.conn())
    .await?;
    load(cx, &ids).await
}

/// One message that was just written or found.
pub(crate) async fn get(cx: &mut Cx, id: MessageId) -> Result<Message> {
    load(cx, &[id.0]).await?.pop().ok_or(Error::NotFound("message"))
}

async fn check(cx: &mut Cx, id: ConversationId) -> Result<()> {
    let organization = cx.organization();
    let exists = sqlx::query_scalar!(
        r#"select exists (select from conversations where organization_id = $1 and id = $2) as "exists!""#,
        organization.0,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    if exists { Ok(()) } else { Err(Error::NotFound("conversation")) }
}
