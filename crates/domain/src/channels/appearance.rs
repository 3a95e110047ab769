use sqlx::types::Json;
use types::{
    channel::ChannelSettings,
    id::{ChannelId, OrganizationId},
    platform::FeatureFlag,
    widget::WidgetAppearance,
};

use super::find_by_key;
use crate::{Actor, Error, Result, Services, organizations, platform};

/// A widget as its page and its button need it.
#[derive(Debug, Clone)]
pub struct Widget {
    pub organization: OrganizationId,
    pub channel: ChannelId,
    pub appearance: WidgetAppearance,
    /// Hosts that may embed it; empty: any.
    pub allowed_domains: Vec<String>,
}

/// The widget with a public key. Public: what it gives, every visitor of the customer's site sees.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or its channel is switched off or of another type;
/// [`Error::Suspended`].
pub async fn widget(services: &Services, key: &str) -> Result<Widget> {
    let (organization, channel) = find_by_key(services, key).await?.ok_or(Error::NotFound("widget"))?;
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let row = sqlx::query!(
        r#"select c.settings as "settings: Json<ChannelSettings>", a.name as "agent_name?", a.greeting as "agent_greeting?", o.status
           from channels c join organizations o on o.id = c.organization_id
           left join agents a on a.organization_id = $1 and a.id = c.agent_id and a.is_active
           where c.organization_id = $1 and c.id = $2 and c.type = 'widget' and c.is_active"#,
        organization.0,
        channel.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("widget"))?;
    organizations::check_active(&row.status, None)?;
    let uploads = platform::is_on(cx.conn(), FeatureFlag::WidgetUploads, Some(organization)).await?;
    let settings = row.settings.0;
    let own_greeting = Some(settings.greeting).filter(|greeting| !greeting.is_empty());
    let appearance = WidgetAppearance {
        color: settings.color,
        position: settings.position,
        color_scheme: settings.color_scheme,
        title: settings.title,
        greeting: own_greeting.or(row.agent_greeting).unwrap_or_default(),
        avatar_url: settings.avatar_url,
        language: settings.language,
        quick_replies: settings.quick_replies,
        file_upload: settings.file_upload && uploads,
        sound: settings.sound,
        email_capture: settings.email_capture,
        agent_name: row.agent_name,
    };
    Ok(Widget { organization, channel, appearance, allowed_domains: settings.allowed_domains })
}
