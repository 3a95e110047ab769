use serde_json::json;
use types::{
    channel::{Channel, UpdateChannel},
    event::EventName,
    id::ChannelId,
    permission::Permission,
};

use super::{
    get,
    settings::{self, check_agent},
};
use crate::{Cx, Error, Held, Result, audit, error::require, events, hold, validate::Check};

/// Changes a channel: all that the form holds is written.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Validation`] with every field that breaks a rule.
pub async fn update(cx: &mut Cx, id: ChannelId, input: UpdateChannel) -> Result<Channel> {
    require(cx, Permission::ChannelsWrite)?;
    let mut check = Check::default();
    let name = check.line("name", &input.name, 1..=120);
    let settings = settings::check(&mut check, input.settings);
    check_agent(cx, &mut check, input.agent_id).await?;
    check.finish()?;
    hold(cx, Held::Channel(id)).await?;
    let before = get(cx, id).await?;
    let (organization, now) = (cx.organization(), cx.now());
    let changed = sqlx::query!(
        "update channels set name = $3, is_active = $4, agent_id = $5, settings = $6, updated_at = $7
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        name,
        input.is_active,
        input.agent_id.map(|agent| agent.0),
        serde_json::to_value(&settings)?,
        now
    )
    .execute(cx.conn())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound("channel"));
    }
    let payload = json!({"name": name, "is_active": input.is_active});
    events::emit(cx, EventName::ChannelUpdated, "channel", id, None, payload).await?;
    let channel = get(cx, id).await?;
    audit::changed(cx, "channel.updated", id, &before, &channel).await?;
    Ok(channel)
}
