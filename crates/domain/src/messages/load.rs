use std::collections::HashMap;

use sqlx::types::Json;
use types::{
    attachment::Attachment,
    id::{AttachmentId, ConversationId, MessageId},
    message::{Citation, ContentType, DeliveryState, Direction, Message},
};
use uuid::Uuid;

use crate::{Cx, Result};

/// The messages with these ids that exist, as members see them, by conversation and seq. The caller has asked the
/// permission.
pub(crate) async fn load(cx: &mut Cx, ids: &[Uuid]) -> Result<Vec<Message>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select m.id, m.conversation_id, m.seq, m.direction, m.role, m.author_type, m.author_id, m.content,
                  m.content_type, m.is_note, m.delivery_state, m.failure_reason,
                  m.citations as "citations: Json<Vec<Citation>>", m.client_id, m.created_at,
                  coalesce(case m.author_type when 'contact' then ct.name when 'member' then u.name
                                              when 'agent' then a.name end, '') as "author_name!",
                  c.member_read_seq, c.contact_read_seq
           from messages m
           join conversations c on c.organization_id = $1 and c.id = m.conversation_id
           join contacts ct on ct.organization_id = $1 and ct.id = c.contact_id
           left join members mb on m.author_type = 'member' and mb.organization_id = $1 and mb.id = m.author_id
           left join users u on u.id = mb.user_id
           left join agents a on m.author_type = 'agent' and a.organization_id = $1 and a.id = m.author_id
           where m.organization_id = $1 and m.id = any($2)
           order by m.conversation_id, m.seq"#,
        organization.0,
        ids
    )
    .fetch_all(cx.conn())
    .await?;
    let mut attachments = attachments(cx, ids).await?;
    rows.into_iter()
        .map(|row| {
            let content_type = row.content_type.parse()?;
            let direction = row.direction.parse()?;
            let read_seq = if direction == Direction::Inbound { row.member_read_seq } else { row.contact_read_seq };
            let delivery_state = match row.delivery_state.parse()? {
                DeliveryState::Sent | DeliveryState::Delivered if row.seq <= read_seq => DeliveryState::Read,
                state => state,
            };
            Ok(Message {
                id: MessageId(row.id),
                conversation_id: ConversationId(row.conversation_id),
                seq: row.seq,
                direction,
                role: row.role.parse()?,
                author_type: row.author_type.parse()?,
                author_id: row.author_id,
                author_name: row.author_name,
                html: html(content_type, &row.content),
                content: row.content,
                content_type,
                is_note: row.is_note,
                delivery_state,
                failure_reason: row.failure_reason,
                citations: row.citations.0,
                attachments: attachments.remove(&row.id).unwrap_or_default(),
                client_id: row.client_id,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// The content as safe HTML. A line of the product has none: screens word it.
fn html(content_type: ContentType, content: &str) -> String {
    match content_type {
        ContentType::Text => text::plain_to_html(content),
        ContentType::Markdown => text::markdown_to_html(content),
        ContentType::Event => String::new(),
    }
}

async fn attachments(cx: &mut Cx, messages: &[Uuid]) -> Result<HashMap<Uuid, Vec<Attachment>>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select id, message_id as "message_id!", file_name, media_type, size, is_inline from attachments
           where organization_id = $1 and message_id = any($2) order by id"#,
        organization.0,
        messages
    )
    .fetch_all(cx.conn())
    .await?;
    let mut by_message = HashMap::<Uuid, Vec<Attachment>>::new();
    for row in rows {
        by_message.entry(row.message_id).or_default().push(Attachment {
            id: AttachmentId(row.id),
            file_name: row.file_name,
            media_type: row.media_type,
            size: row.size,
            is_inline: row.is_inline,
            url: format!("/files/{}", row.id),
        });
    }
    Ok(by_message)
}
