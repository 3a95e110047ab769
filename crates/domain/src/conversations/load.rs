use chrono::{DateTime, Utc};
use sqlx::{FromRow, Postgres, QueryBuilder};
use types::{
    conversation::{Conversation, ConversationSummary},
    id::{AgentId, ChannelId, ContactId, ConversationId, MemberId, OrganizationId, TeamId},
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
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from unnest(").push_bind(ids).push(") with ordinality wanted (id, place)");
    query.push(" join conversations c on c.id = wanted.id and c.organization_id = ").push_bind(organization.0);
    join(&mut query, organization);
    query.push(" order by wanted.place");
    query.build_query_as::<Row>().fetch_all(cx.conn()).await?.into_iter().map(Row::conversation).collect()
}

/// What is shown of a conversation `c` and of what it belongs to: see [`join`].
pub(super) const COLUMNS: &str =
    "c.id, c.contact_id, ct.name as contact_name, ct.email as contact_email, c.channel_id, ch.type as channel_type,
     ch.name as channel_name, c.status, c.snoozed_until, c.subject, c.owner, c.owner_epoch,
     case when m.user_id is not null then c.assignee_id end as assignee_id, u.name as assignee_name, c.team_id, c.agent_id, a.name as agent_name, c.priority, c.tags, c.unread_count,
     c.last_seq, c.last_message_at, c.last_message_preview, c.last_message_direction, c.waiting_since,
     c.contact_read_seq, c.member_read_seq, c.closed_at, c.created_at";

/// Contact, channel, assignee and agent of conversations `c`. Each table is given the organization, so that its rows are
/// found by their keys.
pub(super) fn join(query: &mut QueryBuilder<'_, Postgres>, organization: OrganizationId) {
    for table in [
        " join contacts ct on ct.id = c.contact_id and ct.organization_id = ",
        " join channels ch on ch.id = c.channel_id and ch.organization_id = ",
        " left join agents a on a.id = c.agent_id and a.organization_id = ",
        " left join members m on m.id = c.assignee_id and m.organization_id = ",
    ] {
        query.push(table).push_bind(organization.0);
    }
    query.push(" left join users u on u.id = m.user_id");
}

/// A conversation as [`COLUMNS`] give it.
#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    contact_id: Uuid,
    contact_name: String,
    contact_email: Option<String>,
    channel_id: Uuid,
    channel_type: String,
    channel_name: String,
    status: String,
    snoozed_until: Option<DateTime<Utc>>,
    subject: String,
    owner: String,
    owner_epoch: i64,
    assignee_id: Option<Uuid>,
    assignee_name: Option<String>,
    team_id: Option<Uuid>,
    agent_id: Option<Uuid>,
    agent_name: Option<String>,
    priority: String,
    tags: Vec<String>,
    unread_count: i32,
    last_seq: i64,
    last_message_at: DateTime<Utc>,
    last_message_preview: String,
    last_message_direction: String,
    waiting_since: Option<DateTime<Utc>>,
    contact_read_seq: i64,
    member_read_seq: i64,
    closed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl Row {
    pub(super) fn conversation(self) -> Result<Conversation> {
        Ok(Conversation {
            summary: ConversationSummary {
                id: ConversationId(self.id),
                contact_id: ContactId(self.contact_id),
                contact_name: self.contact_name,
                contact_email: self.contact_email,
                channel_id: ChannelId(self.channel_id),
                channel_type: self.channel_type.parse()?,
                channel_name: self.channel_name,
                status: self.status.parse()?,
                snoozed_until: self.snoozed_until,
                subject: self.subject,
                owner: self.owner.parse()?,
                assignee_id: self.assignee_id.map(MemberId),
                assignee_name: self.assignee_name,
                agent_id: self.agent_id.map(AgentId),
                agent_name: self.agent_name,
                priority: self.priority.parse()?,
                tags: self.tags,
                unread_count: self.unread_count,
                last_message_at: self.last_message_at,
                last_message_preview: self.last_message_preview,
                last_message_direction: self.last_message_direction.parse()?,
                waiting_since: self.waiting_since,
                created_at: self.created_at,
            },
            owner_epoch: self.owner_epoch,
            team_id: self.team_id.map(TeamId),
            last_seq: self.last_seq,
            contact_read_seq: self.contact_read_seq,
            member_read_seq: self.member_read_seq,
            closed_at: self.closed_at,
        })
    }
}
