use types::{
    conversation::{Conversation, ConversationSummary},
    id::{AgentId, ChannelId, ContactId, ConversationId, MemberId, TeamId},
    permission::Permission,
};
use uuid::Uuid;

use crate::{Cx, Error, Result, error::require};

/// One conversation as its thread shows it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(cx: &mut Cx, id: ConversationId) -> Result<Conversation> {
    require(cx, Permission::ConversationsRead)?;
    one(cx, id).await
}

/// One conversation as the inbox's row.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn summary(cx: &mut Cx, id: ConversationId) -> Result<ConversationSummary> {
    Ok(get(cx, id).await?.summary)
}

/// One conversation, for verbs that have asked the permission.
pub(super) async fn one(cx: &mut Cx, id: ConversationId) -> Result<Conversation> {
    load(cx, &[id.0]).await?.pop().ok_or(Error::NotFound("conversation"))
}

/// The conversations with these ids that exist, in the order of the ids. The caller has asked the permission.
pub(crate) async fn load(cx: &mut Cx, ids: &[Uuid]) -> Result<Vec<Conversation>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select c.id, c.contact_id, ct.name as contact_name, ct.email as contact_email, c.channel_id,
                  ch.type as channel_type, ch.name as channel_name, c.status, c.snoozed_until, c.subject, c.owner,
                  c.owner_epoch, c.assignee_id, u.name as "assignee_name?", c.team_id, c.agent_id,
                  a.name as "agent_name?", c.priority, c.tags, c.unread_count, c.last_seq, c.last_message_at,
                  c.last_message_preview, c.last_message_direction, c.waiting_since, c.contact_read_seq,
                  c.member_read_seq, c.closed_at, c.created_at
           from unnest($2::uuid[]) with ordinality wanted (id, place)
           join conversations c on c.organization_id = $1 and c.id = wanted.id
           join contacts ct on ct.organization_id = $1 and ct.id = c.contact_id
           join channels ch on ch.organization_id = $1 and ch.id = c.channel_id
           left join members m on m.organization_id = $1 and m.id = c.assignee_id
           left join users u on u.id = m.user_id
           left join agents a on a.organization_id = $1 and a.id = c.agent_id
           order by wanted.place"#,
        organization.0,
        ids
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Conversation {
                summary: ConversationSummary {
                    id: ConversationId(row.id),
                    contact_id: ContactId(row.contact_id),
                    contact_name: row.contact_name,
                    contact_email: row.contact_email,
                    channel_id: ChannelId(row.channel_id),
                    channel_type: row.channel_type.parse()?,
                    channel_name: row.channel_name,
                    status: row.status.parse()?,
                    snoozed_until: row.snoozed_until,
                    subject: row.subject,
                    owner: row.owner.parse()?,
                    assignee_id: row.assignee_id.map(MemberId),
                    assignee_name: row.assignee_name,
                    agent_id: row.agent_id.map(AgentId),
                    agent_name: row.agent_name,
                    priority: row.priority.parse()?,
                    tags: row.tags,
                    unread_count: row.unread_count,
                    last_message_at: row.last_message_at,
                    last_message_preview: row.last_message_preview,
                    last_message_direction: row.last_message_direction.parse()?,
                    waiting_since: row.waiting_since,
                    created_at: row.created_at,
                },
                owner_epoch: row.owner_epoch,
                team_id: row.team_id.map(TeamId),
                last_seq: row.last_seq,
                contact_read_seq: row.contact_read_seq,
                member_read_seq: row.member_read_seq,
                closed_at: row.closed_at,
            })
        })
        .collect()
}
