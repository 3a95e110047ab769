use serde_json::Value;
use types::{contact::TimelineEntry, event::EventName, id::ContactId, permission::Permission};

use crate::{Cx, Error, Result, error::require};

/// What happened with a contact, newest first, at most 100 entries: its conversations, begun and closed, for those who may
/// read conversations, and the changes to its own fields.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn timeline(cx: &mut Cx, id: ContactId) -> Result<Vec<TimelineEntry>> {
    require(cx, Permission::ContactsRead)?;
    let organization = cx.organization();
    let exists = sqlx::query_scalar!(
        r#"select exists (select from contacts where organization_id = $1 and id = $2) as "exists!""#,
        organization.0,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    if !exists {
        return Err(Error::NotFound("contact"));
    }
    let reads_conversations = cx.actor().may(Permission::ConversationsRead);
    let mut entries = if reads_conversations { conversations(cx, id).await? } else { Vec::new() };
    entries.extend(changes(cx, id).await?);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.created_at));
    entries.truncate(100);
    Ok(entries)
}

async fn conversations(cx: &mut Cx, id: ContactId) -> Result<Vec<TimelineEntry>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select id, subject, last_message_preview, status, created_at, closed_at from conversations
         where organization_id = $1 and contact_id = $2 order by last_message_at desc limit 100",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    let mut entries = Vec::new();
    for row in rows {
        let summary = if row.subject.is_empty() { row.last_message_preview } else { row.subject };
        if let Some(closed_at) = row.closed_at {
            entries.push(TimelineEntry {
                name: EventName::ConversationClosed.as_str().into(),
                resource_id: row.id,
                summary: summary.clone(),
                created_at: closed_at,
            });
        }
        entries.push(TimelineEntry {
            name: EventName::ConversationCreated.as_str().into(),
            resource_id: row.id,
            summary,
            created_at: row.created_at,
        });
    }
    Ok(entries)
}

async fn changes(cx: &mut Cx, id: ContactId) -> Result<Vec<TimelineEntry>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select name, payload, created_at from events
         where organization_id = $1 and resource_id = $2 order by created_at desc limit 100",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    let changed = |payload: &Value| {
        let fields = payload["changed"].as_array().map(Vec::as_slice).unwrap_or_default();
        fields.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    Ok(rows
        .into_iter()
        .map(|row| TimelineEntry {
            summary: changed(&row.payload),
            name: row.name,
            resource_id: id.0,
            created_at: row.created_at,
        })
        .collect())
}
