//! Server functions of the settings and channels area.

use base::AppError;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{
    agent::Agent,
    api_key::{ApiKey, CreatedApiKey},
    channel::{Channel, ChannelType, ColorScheme, WidgetPosition},
    id::{ApiKeyId, ChannelId, SessionId},
    member::Availability,
    organization::Organization,
    permission::Permission,
    user::Session,
};

mod people;
mod places;
mod security;

pub use people::*;
pub use places::*;
pub use security::*;

#[cfg(feature = "ssr")]
use base::server;

/// The organization, and when it was last changed.
#[server]
pub async fn load_organization() -> Result<(Organization, DateTime<Utc>), AppError> {
    let mut cx = server::cx().await?;
    Ok((domain::organizations::get(&mut cx).await?, domain::organizations::changed_at(&mut cx).await?))
}

/// Writes the organization's name and settings, and says when that was. `shown` is when what the form shows had last been
/// changed, in microseconds.
#[server]
pub async fn save_organization(
    name: String,
    website: String,
    time_zone: String,
    locale: String,
    #[server(default)] shown: String,
) -> Result<i64, AppError> {
    let settings = types::organization::OrganizationSettings { time_zone, locale, website };
    let input = types::organization::UpdateOrganization { name, settings };
    let mut cx = server::cx().await?;
    domain::hold(&mut cx, domain::Held::Organization).await?;
    domain::check_shown(shown.parse().ok(), domain::organizations::changed_at(&mut cx).await?)?;
    domain::organizations::update(&mut cx, input).await?;
    let changed_at = domain::organizations::changed_at(&mut cx).await?;
    server::services()?.commit(cx).await?;
    Ok(changed_at.timestamp_micros())
}

/// Says whether the member who asks takes conversations.
#[server]
pub async fn set_availability(availability: Availability) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::members::set_availability(&mut cx, availability).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// The organization's API keys.
#[server]
pub async fn load_api_keys() -> Result<Vec<ApiKey>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::api_keys::list(&mut cx).await?)
}

/// Makes an API key that ends after so many days, or (empty) never.
#[server]
pub async fn create_api_key(
    name: String,
    days: String,
    #[server(default)] scopes: Vec<Permission>,
) -> Result<CreatedApiKey, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let expires_at = match days.trim() {
        "" => None,
        days => {
            let days = days.parse().ok().map(chrono::Days::new);
            let end = days.and_then(|days| cx.now().checked_add_days(days));
            Some(end.ok_or_else(|| domain::Error::rule("days", types::error::FieldRule::Number))?)
        }
    };
    let input = types::api_key::CreateApiKey { name, scopes, expires_at };
    let created = domain::api_keys::create(&mut cx, input).await?;
    services.commit(cx).await?;
    Ok(created)
}

/// Ends an API key.
#[server]
pub async fn revoke_api_key(id: ApiKeyId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::api_keys::revoke(&mut cx, id).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// Writes one's own profile; its language becomes that of this browser.
#[server]
pub async fn save_profile(name: String, locale: String, time_zone: String) -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    let profile = types::user::UpdateProfile { name: Some(name), locale: Some(locale), time_zone: Some(time_zone) };
    let me = domain::accounts::update_profile(&services, &member, profile).await?;
    server::set_locale_cookie(&services, &me.locale);
    Ok(())
}

/// Changes one's own password and ends the other sessions.
#[server]
pub async fn change_password(old_password: String, new_password: String) -> Result<(), AppError> {
    let member = server::member().await?;
    Ok(domain::accounts::change_password(&server::services()?, &member, &old_password, &new_password).await?)
}

/// Where one is signed in.
#[server]
pub async fn load_sessions() -> Result<Vec<Session>, AppError> {
    let member = server::member().await?;
    Ok(domain::accounts::sessions(&server::services()?, member.me.user_id, member.session_id).await?)
}

/// Signs one of one's browsers out.
#[server]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    let member = server::member().await?;
    member.in_person()?;
    Ok(domain::accounts::end_session(&server::services()?, member.me.user_id, id).await?)
}

/// All channels.
#[server]
pub async fn load_channels() -> Result<Vec<Channel>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::channels::list(&mut cx).await?)
}

/// One channel, and the address under which browsers reach the product.
#[server]
pub async fn load_channel(id: ChannelId) -> Result<(Channel, String), AppError> {
    let mut cx = server::cx().await?;
    let channel = domain::channels::get(&mut cx, id).await?;
    Ok((channel, server::services()?.settings.public_url.clone()))
}

/// The agents that a channel may have.
#[server]
pub async fn load_agents() -> Result<Vec<Agent>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::agents::list(&mut cx).await?)
}

/// Makes a channel and goes to it.
#[server]
pub async fn create_channel(name: String, channel_type: ChannelType, agent: String) -> Result<(), AppError> {
    let input = types::channel::CreateChannel { name, channel_type, agent_id: agent.parse().ok() };
    let mut cx = server::cx().await?;
    let channel = domain::channels::create(&mut cx, input).await?;
    server::services()?.commit(cx).await?;
    server::redirect(&format!("/app/channels/{}", channel.id));
    Ok(())
}

/// The form of a channel, as a browser without script posts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChannelForm {
    pub id: ChannelId,
    /// When the channel had last been changed that the form shows, in microseconds.
    #[serde(default)]
    pub shown: String,
    pub name: String,
    #[serde(default)]
    pub is_active: Option<String>,
    /// Empty: none.
    pub agent: String,
    pub color: String,
    pub position: WidgetPosition,
    pub color_scheme: ColorScheme,
    pub title: String,
    pub greeting: String,
    pub avatar_url: String,
    pub language: String,
    /// One a line.
    pub quick_replies: String,
    /// One a line.
    pub allowed_domains: String,
    #[serde(default)]
    pub file_upload: Option<String>,
    #[serde(default)]
    pub sound: Option<String>,
    #[serde(default)]
    pub email_capture: Option<String>,
    #[serde(default)]
    pub require_signed_identity: Option<String>,
}

/// Writes a channel, and says when that was.
#[server]
pub async fn save_channel(form: ChannelForm) -> Result<i64, AppError> {
    let mut cx = server::cx().await?;
    let shown = form.shown.parse().ok();
    let (id, input) = crate::channel_form::input(form);
    domain::hold(&mut cx, domain::Held::Channel(id)).await?;
    domain::check_shown(shown, domain::channels::get(&mut cx, id).await?.updated_at)?;
    let channel = domain::channels::update(&mut cx, id, input).await?;
    server::services()?.commit(cx).await?;
    Ok(channel.updated_at.timestamp_micros())
}

/// Removes a channel with its conversations.
#[server]
pub async fn delete_channel(id: ChannelId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::channels::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    server::redirect("/app/channels");
    Ok(())
}

/// The secret under which visitors' identities are signed.
#[server]
pub async fn load_identity_secret(id: ChannelId) -> Result<String, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let secret = domain::channels::identity_secret(&services, &mut cx, id).await?;
    services.commit(cx).await?;
    Ok(secret)
}

/// Makes a new identity secret; the old one is void at once.
#[server]
pub async fn rotate_identity_secret(id: ChannelId) -> Result<String, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let secret = domain::channels::rotate_identity_secret(&services, &mut cx, id).await?;
    services.commit(cx).await?;
    Ok(secret)
}
