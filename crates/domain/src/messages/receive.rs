use db::hooks::step;
use serde_json::json;
use types::{
    conversation::Owner,
    id::{ContactId, ConversationId, MessageId},
    message::{AuthorType, ContentType},
    widget::{WidgetMessage, WidgetSent},
};

use super::{
    append::{self, New, append},
    for_visitor, get,
};
use crate::{
    Cx, Error, Result, Services,
    conversations::{self, Channel, Locked},
    jobs::{self, Job},
    visitors::{self, Visitor},
};

/// Takes a visitor's message. It goes into the conversation that goes on, or begins one; a closed one stays closed.
/// The same client id twice is one message. The agent is asked to answer where the conversation is its own.
///
/// # Errors
/// [`Error::Validation`] for an empty or too long text; [`Error::Refused`] when the contact is blocked or the channel
/// switched off.
pub async fn receive(services: &Services, visitor: &Visitor, input: WidgetMessage) -> Result<WidgetSent> {
    let content = append::check(&input.content, &input.client_id, &input.attachments)?;
    step("message-received");
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let channel = Channel::open(&mut cx, visitor.channel).await?;
    let contact = visitors::ensure_contact(&mut cx, visitor).await?;
    if contact.is_blocked {
        return Err(visitors::BLOCKED);
    }
    let (mut conversation, is_new) = match received(&mut cx, contact.id, &input.client_id).await? {
        Some((conversation_id, message)) => {
            let message = get(&mut cx, message).await?;
            let message = for_visitor(&services.secret_key, visitor.organization, cx.now(), message)
                .ok_or(Error::NotFound("message"))?;
            return Ok(WidgetSent { conversation_id, message });
        }
        None => visitors::current_or_new(&mut cx, &channel, contact.id).await?,
    };
    if conversation.owner == Owner::Agent && !is_agent_active(&mut cx, &conversation).await? {
        // It was removed or switched off since: the channel's present agent goes on, or else a person.
        match &channel.agent {
            Some((agent, _)) => conversation.agent_id = Some(*agent),
            None => {
                let reason = conversations::AGENT_UNAVAILABLE;
                conversations::hand_off_locked(&mut cx, &mut conversation, reason).await?;
            }
        }
    }
    let new = New {
        author_type: AuthorType::Contact,
        author_id: Some(contact.id.0),
        content: &content,
        content_type: ContentType::Text,
        is_note: false,
        citations: &[],
        attachments: &input.attachments,
        client_id: Some(&input.client_id),
        metadata: page(input.page_url.as_deref()),
    };
    let message_id = append(&mut cx, &mut conversation, new).await?;
    conversation.unread_count = conversation.unread_count.saturating_add(1);
    conversation.snoozed_until = None;
    conversation.contact_read_seq = conversation.last_seq;
    if conversation.owner != Owner::Agent {
        conversation.waiting_since = conversation.waiting_since.or(Some(cx.now()));
    }
    conversation.save(&mut cx).await?;
    touch(&mut cx, contact.id).await?;
    ask_agent(&mut cx, &conversation, message_id).await?;
    let message = get(&mut cx, message_id).await?;
    let message =
        for_visitor(&services.secret_key, visitor.organization, cx.now(), message).ok_or(Error::NotFound("message"))?;
    step("message-written");
    services.commit(cx).await?;
    step("message-committed");
    if is_new {
        services.live.move_visitor(visitor.organization, visitor.id, Some(conversation.id));
    }
    Ok(WidgetSent { conversation_id: conversation.id, message })
}

/// The message that this contact sent with this client id already, in whichever conversation: the first attempt may
/// have gone into one that was closed since.
async fn received(cx: &mut Cx, contact: ContactId, client_id: &str) -> Result<Option<(ConversationId, MessageId)>> {
    let organization = cx.organization();
    let row = sqlx::query!(
        "select m.id, m.conversation_id
         from (select id from conversations where organization_id = $1 and contact_id = $2
               order by last_message_at desc limit 50) c
         join messages m on m.organization_id = $1 and m.conversation_id = c.id and m.client_id = $3
         where m.author_type = 'contact' limit 1",
        organization.0,
        contact.0,
        client_id
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(row.map(|row| (ConversationId(row.conversation_id), MessageId(row.id))))
}

async fn is_agent_active(cx: &mut Cx, conversation: &Locked) -> Result<bool> {
    let organization = cx.organization();
    let active = sqlx::query_scalar!(
        r#"select exists (select from agents where organization_id = $1 and id = $2 and is_active) as "active!""#,
        organization.0,
        conversation.agent_id.map(|id| id.0)
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(active)
}

async fn ask_agent(cx: &mut Cx, conversation: &Locked, message_id: MessageId) -> Result<()> {
    let (Owner::Agent, Some(agent_id)) = (conversation.owner, conversation.agent_id) else { return Ok(()) };
    let job = Job::ReplyAsAgent {
        organization_id: cx.organization(),
        conversation_id: conversation.id,
        agent_id,
        message_id,
        owner_epoch: conversation.owner_epoch,
    };
    jobs::enqueue(cx, job).await
}

async fn touch(cx: &mut Cx, contact: ContactId) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "update contacts set last_contact_at = $3, first_contact_at = coalesce(first_contact_at, $3)
         where organization_id = $1 and id = $2",
        organization.0,
        contact.0,
        now
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// The address of the page that the visitor was on, when it is one.
fn page(url: Option<&str>) -> serde_json::Value {
    let url = url.filter(|url| url.len() <= 2048).and_then(|url| url::Url::parse(url).ok());
    match url.filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => json!({"page_url": url.as_str()}),
        None => json!({}),
    }
}
