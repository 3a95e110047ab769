use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use types::{
    conversation::{ConversationStatus, Owner, Priority},
    event::EventName,
    id::{AgentId, ChannelId, ContactId, ConversationId, MemberId},
    message::Direction,
};

use crate::{Actor, Cx, Error, Result, audit, events};

/// A conversation whose row this transaction holds. Verbs change the fields and then [`save`](Locked::save) them.
pub(crate) struct Locked {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub channel_id: ChannelId,
    pub status: ConversationStatus,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub subject: String,
    pub assignee_id: Option<MemberId>,
    pub agent_id: Option<AgentId>,
    pub owner: Owner,
    pub owner_epoch: i64,
    pub priority: Priority,
    pub tags: Vec<String>,
    pub last_seq: i64,
    pub last_message_at: DateTime<Utc>,
    pub last_message_preview: String,
    pub last_message_direction: Direction,
    pub unread_count: i32,
    pub member_read_seq: i64,
    pub contact_read_seq: i64,
    pub waiting_since: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// What it was like, where a member or a program acts.
    pub before: Option<Value>,
}

/// Locks a conversation until the end of the transaction.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn lock(cx: &mut Cx, id: ConversationId) -> Result<Locked> {
    let organization = cx.organization();
    let row = sqlx::query!(
        "select id, contact_id, channel_id, status, snoozed_until, subject, agent_id, owner, owner_epoch, priority, tags,
                last_seq, last_message_at, last_message_preview, last_message_direction, unread_count, member_read_seq,
                contact_read_seq, waiting_since, closed_at,
                (select id from members m
                 where m.organization_id = $1 and m.id = assignee_id and m.user_id is not null) as assignee_id
         from conversations where organization_id = $1 and id = $2 for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("conversation"))?;
    let mut conversation = Locked {
        id: ConversationId(row.id),
        contact_id: ContactId(row.contact_id),
        channel_id: ChannelId(row.channel_id),
        status: row.status.parse()?,
        snoozed_until: row.snoozed_until,
        subject: row.subject,
        assignee_id: row.assignee_id.map(MemberId),
        agent_id: row.agent_id.map(AgentId),
        owner: row.owner.parse()?,
        owner_epoch: row.owner_epoch,
        priority: row.priority.parse()?,
        tags: row.tags,
        last_seq: row.last_seq,
        last_message_at: row.last_message_at,
        last_message_preview: row.last_message_preview,
        last_message_direction: row.last_message_direction.parse()?,
        unread_count: row.unread_count,
        member_read_seq: row.member_read_seq,
        contact_read_seq: row.contact_read_seq,
        waiting_since: row.waiting_since,
        closed_at: row.closed_at,
        before: None,
    };
    if matches!(cx.actor(), Actor::Member { .. } | Actor::ApiKey { .. }) {
        conversation.before = Some(conversation.state());
    }
    Ok(conversation)
}

impl Locked {
    /// Whether it still goes on.
    pub fn is_active(&self) -> bool {
        self.status == ConversationStatus::Active
    }

    /// Gives the right to answer to another, so that replies begun before are refused, and writes the event.
    pub async fn set_owner(&mut self, cx: &mut Cx, owner: Owner, assignee: Option<MemberId>) -> Result<()> {
        self.owner = owner;
        self.owner_epoch += 1;
        self.assignee_id = assignee;
        let payload = json!({"owner": owner, "owner_epoch": self.owner_epoch, "assignee_id": assignee});
        self.emit(cx, EventName::ConversationOwnerChanged, payload).await
    }

    /// What members and programs decide about it, for the audit log. Nothing that a customer may have said.
    fn state(&self) -> Value {
        json!({
            "contact_id": self.contact_id,
            "status": self.status,
            "snoozed_until": self.snoozed_until,
            "assignee_id": self.assignee_id,
            "agent_id": self.agent_id,
            "owner": self.owner,
            "priority": self.priority,
            "tags": self.tags,
        })
    }

    /// Marks everything as read by members.
    pub fn read_all(&mut self) {
        self.member_read_seq = self.last_seq;
        self.unread_count = 0;
    }

    /// Writes an event about this conversation.
    pub async fn emit(&self, cx: &mut Cx, name: EventName, payload: Value) -> Result<()> {
        events::emit(cx, name, "conversation", self.id, Some(self.id), payload).await?;
        Ok(())
    }

    /// Writes the fields back, and into the audit log what a member or a program has changed. Call it last.
    pub async fn save(&self, cx: &mut Cx) -> Result<()> {
        let (organization, now) = (cx.organization(), cx.now());
        sqlx::query!(
            "update conversations set contact_id = $3, status = $4, snoozed_until = $5, subject = $6, assignee_id = $7,
                    agent_id = $8, owner = $9, owner_epoch = $10, priority = $11, tags = $12, last_seq = $13,
                    last_message_at = $14, last_message_preview = $15, last_message_direction = $16,
                    unread_count = $17, member_read_seq = $18, contact_read_seq = $19, waiting_since = $20,
                    closed_at = $21, updated_at = $22
             where organization_id = $1 and id = $2",
            organization.0,
            self.id.0,
            self.contact_id.0,
            self.status.as_str(),
            self.snoozed_until,
            self.subject,
            self.assignee_id.map(|id| id.0),
            self.agent_id.map(|id| id.0),
            self.owner.as_str(),
            self.owner_epoch,
            self.priority.as_str(),
            &self.tags,
            self.last_seq,
            self.last_message_at,
            self.last_message_preview,
            self.last_message_direction.as_str(),
            self.unread_count,
            self.member_read_seq,
            self.contact_read_seq,
            self.waiting_since,
            self.closed_at,
            now
        )
        .execute(cx.conn())
        .await?;
        match &self.before {
            Some(before) => audit::changed(cx, "conversation.updated", self.id, before, &self.state()).await,
            None => Ok(()),
        }
    }
}
