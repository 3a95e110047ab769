//! Which conversation a browser shows: the one that goes on, or else the last one that its visitor has not left.

use types::id::{ContactId, ConversationId, VisitorId};
use uuid::Uuid;

use super::Visitor;
use crate::{Cx, Result};

/// So many browsers are moved at once, those that came last: a contact has one or a few.
const MOST: i64 = 1_000;

/// What a visitor's browser shows.
pub(super) async fn shown_id(cx: &mut Cx, visitor: &Visitor, contact: ContactId) -> Result<Option<ConversationId>> {
    let organization = cx.organization();
    let id = sqlx::query_scalar!(
        "select id from conversations
         where organization_id = $1 and contact_id = $2 and channel_id = $3
           and (status = 'active' or not metadata ? 'left')
         order by status = 'active' desc, last_message_at desc, id desc limit 1",
        organization.0,
        contact.0,
        visitor.channel.0
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(id.map(ConversationId))
}

/// The browsers of those whom these conversations are with, each with what it shows: the same as [`shown_id`].
pub(crate) async fn browsers_of(cx: &mut Cx, conversations: &[Uuid]) -> Result<Vec<(VisitorId, ConversationId)>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select distinct ci.created_at, ci.external_id, shown.id as "id!"
           from conversations c
           join contact_identities ci
             on ci.organization_id = $1 and ci.contact_id = c.contact_id and ci.channel_id = c.channel_id
                and ci.kind = 'visitor'
           cross join lateral (
             select id from conversations
             where organization_id = $1 and contact_id = c.contact_id and channel_id = c.channel_id
               and (status = 'active' or not metadata ? 'left')
             order by status = 'active' desc, last_message_at desc, id desc limit 1) shown
           where c.organization_id = $1 and c.id = any($2)
           order by ci.created_at desc limit $3"#,
        organization.0,
        conversations,
        MOST
    )
    .fetch_all(cx.conn())
    .await?;
    let browser = |external_id: &str, id| Some((external_id.parse().ok()?, ConversationId(id)));
    Ok(rows.iter().filter_map(|row| browser(&row.external_id, row.id)).collect())
}
