use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use types::{
    channel::{Channel, ChannelSettings, ChannelType, CreateChannel},
    event::EventName,
    id::ChannelId,
    permission::Permission,
};

use super::settings::check_agent;
use crate::{Cx, Result, audit, error::require, events, validate::Check};

/// Adds a channel with default settings, under the organization's name.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation): a name, an agent of this organization, and a type that people
/// may make (widget or api).
pub async fn create(cx: &mut Cx, input: CreateChannel) -> Result<Channel> {
    require(cx, Permission::ChannelsWrite)?;
    let mut check = Check::default();
    let name = check.line("name", &input.name, 1..=120);
    if !matches!(input.channel_type, ChannelType::Widget | ChannelType::Api) {
        check.fail("channel_type", "must be one of: widget, api");
    }
    check_agent(cx, &mut check, input.agent_id).await?;
    check.finish()?;
    let (organization, id, now) = (cx.organization(), ChannelId(cx.new_id()), cx.now());
    let title = sqlx::query_scalar!("select name from organizations where id = $1", organization.0)
        .fetch_one(cx.conn())
        .await?;
    let settings = ChannelSettings { title: title.chars().take(60).collect(), ..ChannelSettings::default() };
    let public_key = random_key();
    sqlx::query!(
        "with key as (
           insert into secret_lookups (kind, key, organization_id, resource_id) values ('channel', $6, $1, $2)
         )
         insert into channels (organization_id, id, name, type, settings, public_key, agent_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        organization.0,
        id.0,
        name,
        input.channel_type.as_str(),
        serde_json::to_value(&settings)?,
        public_key,
        input.agent_id.map(|agent| agent.0),
        now
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"name": name, "channel_type": input.channel_type});
    events::emit(cx, EventName::ChannelCreated, "channel", id, None, payload).await?;
    let after = json!({"name": name, "channel_type": input.channel_type, "agent_id": input.agent_id});
    audit::record(cx, "channel.created", id, None, Some(after)).await?;
    Ok(Channel {
        id,
        name,
        channel_type: input.channel_type,
        settings,
        public_key,
        is_active: true,
        agent_id: input.agent_id,
        team_id: None,
        created_at: now,
        updated_at: now,
    })
}

/// 24 random characters that need no escaping in an address: 144 bits.
fn random_key() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 18]>())
}
