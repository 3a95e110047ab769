use serde_json::json;
use types::{
    conversation::Owner,
    event::EventName,
    id::{ContactId, ConversationId},
    message::Message,
    widget::WidgetConversation,
};

use super::{Visitor, find_contact, shown::shown_id};
use crate::{
    Cx, Error, Result, Services,
    conversations::{self, Channel, Locked, load, lock},
    messages::{self, first_name, for_visitor},
};

/// How many messages come at once.
const PAGE: i64 = 50;

/// The visitor's conversation: the one that goes on, or else the last one, until the visitor leaves it by
/// [`restart`](super::restart).
///
/// # Errors
/// When the database does not answer.
pub async fn conversation(services: &Services, visitor: &Visitor) -> Result<Option<WidgetConversation>> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let Some(contact) = find_contact(&mut cx, visitor).await? else { return Ok(None) };
    Ok(shown(services, &mut cx, visitor, contact.id).await?.map(|(conversation, _)| conversation))
}

/// The id of [`conversation`], without anything of it.
///
/// # Errors
/// When the database does not answer.
pub async fn conversation_id(services: &Services, visitor: &Visitor) -> Result<Option<ConversationId>> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let Some(contact) = find_contact(&mut cx, visitor).await? else { return Ok(None) };
    shown_id(&mut cx, visitor, contact.id).await
}

/// Older messages of the visitor's own conversation, ascending; at most 50.
///
/// # Errors
/// [`Error::NotFound`] when the conversation is not this visitor's.
pub async fn history(
    services: &Services,
    visitor: &Visitor,
    id: ConversationId,
    before_seq: Option<i64>,
) -> Result<Vec<Message>> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    check_own(&mut cx, visitor, id).await?;
    let messages = messages::newest(&mut cx, id, before_seq, PAGE, false).await?;
    Ok(visible_to(services, &cx, visitor, messages))
}

/// Notes that the visitor has read up to a message. It never goes back.
///
/// # Errors
/// [`Error::NotFound`] when the conversation is not this visitor's.
pub async fn mark_read(services: &Services, visitor: &Visitor, id: ConversationId, seq: i64) -> Result<()> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    check_own(&mut cx, visitor, id).await?;
    let mut conversation = lock(&mut cx, id).await?;
    let seq = seq.min(conversation.last_seq);
    if seq <= conversation.contact_read_seq {
        return Ok(());
    }
    conversation.contact_read_seq = seq;
    conversation.emit(&mut cx, EventName::ConversationRead, json!({"contact_read_seq": seq})).await?;
    conversation.save(&mut cx).await?;
    services.commit(cx).await
}

/// Checks that a conversation is the visitor's: its contact's, on its channel.
pub(crate) async fn check_own(cx: &mut Cx, visitor: &Visitor, id: ConversationId) -> Result<()> {
    let contact = find_contact(cx, visitor).await?.ok_or(Error::NotFound("conversation"))?;
    let organization = cx.organization();
    let is_own = sqlx::query_scalar!(
        r#"select exists (select from conversations where organization_id = $1 and id = $2 and contact_id = $3
                          and channel_id = $4) as "is_own!""#,
        organization.0,
        id.0,
        contact.id.0,
        visitor.channel.0
    )
    .fetch_one(cx.conn())
    .await?;
    if is_own { Ok(()) } else { Err(Error::NotFound("conversation")) }
}

/// The contact's conversation that goes on, locked. The caller holds the visitor's identity.
pub(super) async fn current(cx: &mut Cx, visitor: &Visitor, contact: ContactId) -> Result<Option<Locked>> {
    on_channel(cx, visitor.channel, contact).await
}

async fn on_channel(cx: &mut Cx, channel: types::id::ChannelId, contact: ContactId) -> Result<Option<Locked>> {
    let organization = cx.organization();
    let id = sqlx::query_scalar!(
        "select id from conversations
         where organization_id = $1 and contact_id = $2 and channel_id = $3 and status = 'active'
         order by last_message_at desc, id desc limit 1",
        organization.0,
        contact.0,
        channel.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(id) = id else { return Ok(None) };
    let conversation = lock(cx, ConversationId(id)).await?;
    // A member may have closed it while this waited for the lock.
    Ok(Some(conversation).filter(Locked::is_active))
}

/// The contact's conversation that goes on, or a new one, and whether it is new.
pub(crate) async fn current_or_new(cx: &mut Cx, channel: &Channel, contact: ContactId) -> Result<(Locked, bool)> {
    match on_channel(cx, channel.id, contact).await? {
        Some(conversation) => Ok((conversation, false)),
        None => Ok((conversations::start(cx, channel, contact).await?, true)),
    }
}

/// What the widget shows, and how many messages of it are unread.
pub(super) async fn shown(
    services: &Services,
    cx: &mut Cx,
    visitor: &Visitor,
    contact: ContactId,
) -> Result<Option<(WidgetConversation, i64)>> {
    let Some(id) = shown_id(cx, visitor, contact).await? else { return Ok(None) };
    let Some(conversation) = load(cx, &[id.0]).await?.pop() else { return Ok(None) };
    let unread = unread(cx, id, conversation.contact_read_seq).await?;
    let mut messages = messages::newest(cx, id, None, PAGE + 1, false).await?;
    let has_more = messages.len() > PAGE as usize;
    if has_more {
        messages.remove(0);
    }
    let summary = conversation.summary;
    let owner_name = match summary.owner {
        Owner::Agent => summary.agent_name,
        Owner::Member => summary.assignee_name.map(|name| first_name(&name).to_owned()),
        Owner::Nobody => None,
    };
    let shown = WidgetConversation {
        id,
        status: summary.status,
        owner: summary.owner,
        owner_name,
        messages: visible_to(services, cx, visitor, messages),
        has_more,
        member_read_seq: conversation.member_read_seq,
        contact_read_seq: conversation.contact_read_seq,
        created_at: summary.created_at,
    };
    Ok(Some((shown, unread)))
}

async fn unread(cx: &mut Cx, id: ConversationId, seq: i64) -> Result<i64> {
    let organization = cx.organization();
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
             select from messages where organization_id = $1 and conversation_id = $2 and seq > $3
               and direction = 'outbound' and content_type <> 'event' and not is_note limit 100) unread"#,
        organization.0,
        id.0,
        seq
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(count)
}

/// What the visitor sees of them.
fn visible_to(services: &Services, cx: &Cx, visitor: &Visitor, messages: Vec<Message>) -> Vec<Message> {
    let key = &services.secret_key;
    messages.into_iter().filter_map(|message| for_visitor(key, visitor.organization, cx.now(), message)).collect()
}
