use types::{
    agent::PlaygroundTurn,
    id::{ConversationId, MessageId},
};

use crate::{Cx, Result};

/// Messages that are read for one answer.
const MESSAGES: i64 = 24;
/// Characters of what the visitor wrote since the last answer.
const MAX_TEXT: usize = 4000;

/// What is to be answered.
pub(super) struct Turn {
    /// Place of the message in the conversation.
    pub seq: i64,
    /// All that the visitor wrote since the last answer.
    pub text: String,
    pub history: Vec<PlaygroundTurn>,
    pub contact_instructions: String,
    /// The language of the visitor's browser, as a tag such as `sq` or `pt-BR`.
    pub contact_language: Option<String>,
}

/// The id under which the answer to a message is written, so that it is written once.
pub(super) fn client_id(message: MessageId) -> String {
    format!("agent:{message}")
}

/// What is to be answered; `None` when there is nothing to do (any more).
pub(super) async fn turn(
    cx: &mut Cx,
    conversation: ConversationId,
    message: MessageId,
    epoch: i64,
) -> Result<Option<Turn>> {
    let (organization, now) = (cx.organization(), cx.now());
    let row = sqlx::query!(
        "select m.seq, c.contact_id, c.agent_id, ct.language
         from messages m
         join conversations c on c.organization_id = m.organization_id and c.id = m.conversation_id
         join contacts ct on ct.organization_id = m.organization_id and ct.id = c.contact_id
         where m.organization_id = $1 and m.conversation_id = $2 and m.id = $3",
        organization.0,
        conversation.0,
        message.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if !is_wanted(cx, conversation, message, row.seq, epoch).await? {
        return Ok(None);
    }
    let mut messages = sqlx::query!(
        "select direction, content from messages
         where organization_id = $1 and conversation_id = $2 and seq <= $3 and not is_note and content_type <> 'event'
         order by seq desc limit $4",
        organization.0,
        conversation.0,
        row.seq,
        MESSAGES
    )
    .fetch_all(cx.conn())
    .await?;
    messages.reverse();
    let answered = messages.iter().rposition(|message| message.direction == "outbound").map_or(0, |place| place + 1);
    let asked = messages.split_off(answered);
    let text: Vec<_> = asked.into_iter().map(|message| message.content).collect();
    let history = messages
        .into_iter()
        .map(|message| PlaygroundTurn { is_user: message.direction == "inbound", content: message.content })
        .collect();
    let instructions = sqlx::query_scalar!(
        "select instructions from contact_instructions
         where organization_id = $1 and contact_id = $2 and (agent_id is null or agent_id = $3)
           and (expires_at is null or expires_at > $4)
         order by created_at limit 20",
        organization.0,
        row.contact_id,
        row.agent_id,
        now
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(Some(Turn {
        seq: row.seq,
        text: last_characters(text.join("\n").trim(), MAX_TEXT).to_owned(),
        history,
        contact_instructions: instructions.join("\n"),
        contact_language: row.language,
    }))
}

/// Whether a message that may be gone still waits for the agent's answer, as [`is_wanted`] has it.
pub(crate) async fn is_due(cx: &mut Cx, conversation: ConversationId, message: MessageId, epoch: i64) -> Result<bool> {
    let organization = cx.organization();
    let seq = sqlx::query_scalar!(
        "select seq from messages where organization_id = $1 and conversation_id = $2 and id = $3",
        organization.0,
        conversation.0,
        message.0
    )
    .fetch_optional(cx.conn())
    .await?;
    match seq {
        Some(seq) => is_wanted(cx, conversation, message, seq, epoch).await,
        None => Ok(false),
    }
}

/// Whether the agent is still to answer the message: it owns the conversation since the same epoch, the visitor has
/// written nothing newer, and no other run of the job has answered.
pub(super) async fn is_wanted(
    cx: &mut Cx,
    conversation: ConversationId,
    message: MessageId,
    seq: i64,
    epoch: i64,
) -> Result<bool> {
    let organization = cx.organization();
    let wanted = sqlx::query_scalar!(
        r#"select status = 'active' and owner = 'agent' and owner_epoch = $3
                  and not exists (select 1 from messages m
                                  where m.organization_id = $1 and m.conversation_id = $2 and m.seq > $4
                                    and m.direction = 'inbound' and m.content_type <> 'event')
                  and not exists (select 1 from messages r
                                  where r.organization_id = $1 and r.conversation_id = $2 and r.client_id = $5)
                    as "wanted!"
           from conversations where organization_id = $1 and id = $2"#,
        organization.0,
        conversation.0,
        epoch,
        seq,
        client_id(message)
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(wanted.unwrap_or(false))
}

fn last_characters(text: &str, most: usize) -> &str {
    let count = text.chars().count();
    text.char_indices().nth(count.saturating_sub(most)).map_or("", |(begin, _)| &text[begin..])
}
