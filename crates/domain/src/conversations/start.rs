use serde_json::json;
use sqlx::types::Json;
use types::{
    channel::ChannelSettings,
    conversation::{ConversationStatus, Owner, Priority},
    event::EventName,
    id::{AgentId, ChannelId, ContactId, ConversationId, TeamId},
    message::Direction,
};

use super::Locked;
use crate::{
    Cx, Error, Result,
    organizations::{self, Limited, check_limit},
};

/// What a conversation needs to know of its channel.
pub(crate) struct Channel {
    pub id: ChannelId,
    pub settings: ChannelSettings,
    /// The agent that answers on it, when it is switched on.
    pub agent: Option<(AgentId, String)>,
    pub team_id: Option<TeamId>,
}

/// What visitors of a channel get that takes nobody.
pub(crate) const SWITCHED_OFF: Error = Error::Refused("this chat is switched off");

impl Channel {
    /// Reads a channel that is switched on, of an organization that may work.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Refused`] when it is switched off; [`Error::Suspended`].
    pub async fn open(cx: &mut Cx, id: ChannelId) -> Result<Self> {
        let organization = cx.organization();
        let row = sqlx::query!(
            r#"select ch.settings as "settings: Json<ChannelSettings>", ch.team_id, a.id as "agent_id?",
                      a.name as "agent_name?", ch.is_active, o.status
               from channels ch
               join organizations o on o.id = ch.organization_id
               left join agents a on a.organization_id = ch.organization_id and a.id = ch.agent_id and a.is_active
               where ch.organization_id = $1 and ch.id = $2"#,
            organization.0,
            id.0
        )
        .fetch_optional(cx.conn())
        .await?
        .ok_or(Error::NotFound("channel"))?;
        organizations::check_active(&row.status, None)?;
        if !row.is_active {
            return Err(SWITCHED_OFF);
        }
        Ok(Self {
            id,
            settings: row.settings.0,
            agent: row.agent_id.map(AgentId).zip(row.agent_name),
            team_id: row.team_id.map(TeamId),
        })
    }
}

/// Begins a conversation; the channel's agent answers it if there is one.
///
/// # Errors
/// [`Error::LimitReached`].
pub(crate) async fn start(cx: &mut Cx, channel: &Channel, contact: ContactId) -> Result<Locked> {
    check_limit(cx, Limited::Conversations).await?;
    let (organization, id, now) = (cx.organization(), ConversationId(cx.new_id()), cx.now());
    let agent_id = channel.agent.as_ref().map(|(id, _)| *id);
    let (owner, owner_epoch) = if agent_id.is_some() { (Owner::Agent, 1) } else { (Owner::Nobody, 0) };
    sqlx::query!(
        "insert into conversations (organization_id, id, contact_id, channel_id, team_id, agent_id, owner, owner_epoch,
                                    last_message_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)",
        organization.0,
        id.0,
        contact.0,
        channel.id.0,
        channel.team_id.map(|id| id.0),
        agent_id.map(|id| id.0),
        owner.as_str(),
        owner_epoch,
        now
    )
    .execute(cx.conn())
    .await?;
    let conversation = Locked {
        id,
        contact_id: contact,
        channel_id: channel.id,
        status: ConversationStatus::Active,
        snoozed_until: None,
        subject: String::new(),
        assignee_id: None,
        agent_id,
        owner,
        owner_epoch,
        priority: Priority::Medium,
        tags: Vec::new(),
        last_seq: 0,
        last_message_at: now,
        last_message_preview: String::new(),
        last_message_direction: Direction::Inbound,
        unread_count: 0,
        member_read_seq: 0,
        contact_read_seq: 0,
        waiting_since: None,
        closed_at: None,
        before: None,
    };
    let payload = json!({"contact_id": contact, "channel_id": channel.id, "agent_id": agent_id});
    conversation.emit(cx, EventName::ConversationCreated, payload).await?;
    Ok(conversation)
}
