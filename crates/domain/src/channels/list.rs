use chrono::{DateTime, Utc};
use sqlx::types::Json;
use types::{
    channel::{Channel, ChannelSettings},
    id::{AgentId, ChannelId, TeamId},
    permission::Permission,
};
use uuid::Uuid;

use crate::{Cx, Error, Result, error::require};

struct Row {
    id: Uuid,
    name: String,
    channel_type: String,
    settings: Json<ChannelSettings>,
    public_key: String,
    is_active: bool,
    agent_id: Option<Uuid>,
    team_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Row {
    fn channel(self) -> Result<Channel> {
        Ok(Channel {
            id: ChannelId(self.id),
            name: self.name,
            channel_type: self.channel_type.parse()?,
            settings: self.settings.0,
            public_key: self.public_key,
            is_active: self.is_active,
            agent_id: self.agent_id.map(AgentId),
            team_id: self.team_id.map(TeamId),
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The channels, the oldest first, at most 200.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Channel>> {
    require(cx, Permission::ChannelsRead)?;
    let organization = cx.organization();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, type as channel_type, settings as "settings: Json<ChannelSettings>", public_key, is_active,
                  agent_id, team_id, created_at, updated_at
           from channels where organization_id = $1 order by created_at, id limit 200"#,
        organization.0
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter().map(Row::channel).collect()
}

/// One channel.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(cx: &mut Cx, id: ChannelId) -> Result<Channel> {
    require(cx, Permission::ChannelsRead)?;
    let organization = cx.organization();
    sqlx::query_as!(
        Row,
        r#"select id, name, type as channel_type, settings as "settings: Json<ChannelSettings>", public_key, is_active,
                  agent_id, team_id, created_at, updated_at
           from channels where organization_id = $1 and id = $2"#,
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("channel"))?
    .channel()
}
