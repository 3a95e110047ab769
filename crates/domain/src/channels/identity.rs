//! The secret with which an organization's own server signs who a visitor is: hex HMAC-SHA256 of the user's id.

use serde::{Deserialize, Serialize};
use serde_json::json;
use subtle::ConstantTimeEq;
use types::{event::EventName, id::ChannelId, permission::Permission};

use crate::{
    Cx, Error, Result, Services, Token, audit,
    crypto::hmac_sha256,
    error::{require, require_in_person},
    events,
};

/// What `channels.secrets_encrypted` holds, as JSON.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Secrets {
    identity: Option<String>,
}

/// The channel's secret for signing identities; made when it is asked for the first time.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for those who may not change channels.
pub async fn identity_secret(services: &Services, cx: &mut Cx, id: ChannelId) -> Result<String> {
    require(cx, Permission::ChannelsWrite)?;
    require_in_person(cx)?;
    let secrets = locked(services, cx, id).await?;
    let secret = match secrets.identity {
        Some(secret) => secret,
        None => renew(services, cx, id, secrets).await?,
    };
    audit::record(cx, "channel.identity_secret_shown", id, None, None).await?;
    Ok(secret)
}

/// Replaces the channel's secret. Identities that were signed with the one before are refused from then on, and browsers that
/// were let in by one see nothing of its contact until they come with a new signature.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for those who may not change channels.
pub async fn rotate_identity_secret(services: &Services, cx: &mut Cx, id: ChannelId) -> Result<String> {
    require(cx, Permission::ChannelsWrite)?;
    require_in_person(cx)?;
    let secrets = locked(services, cx, id).await?;
    let secret = renew(services, cx, id, secrets).await?;
    let organization = cx.organization();
    sqlx::query!(
        "delete from contact_identities v
         where v.organization_id = $1 and v.channel_id = $2 and v.kind = 'visitor'
           and exists (select from contact_identities u
                       where u.organization_id = $1 and u.channel_id = $2 and u.contact_id = v.contact_id
                         and u.kind = 'user' and u.is_verified)",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"changed": ["identity_secret"]});
    events::emit(cx, EventName::ChannelUpdated, "channel", id, None, payload).await?;
    audit::record(cx, "channel.identity_secret_rotated", id, None, None).await?;
    Ok(secret)
}

/// Whether the signature is the organization's for this user id on this channel. Without a secret none is. The secret stays
/// until the transaction ends: who is let in by it is seen by whoever replaces it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such channel.
pub async fn signs(services: &Services, cx: &mut Cx, id: ChannelId, user_id: &str, signature: &str) -> Result<bool> {
    let organization = cx.organization();
    let stored = sqlx::query_scalar!(
        "select secrets_encrypted from channels where organization_id = $1 and id = $2 for key share",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("channel"))?;
    let Some(secret) = open(services, stored)?.identity else { return Ok(false) };
    let expected = hex::encode(hmac_sha256(secret.as_bytes(), user_id.as_bytes()));
    Ok(expected.as_bytes().ct_eq(signature.trim().to_ascii_lowercase().as_bytes()).into())
}

async fn locked(services: &Services, cx: &mut Cx, id: ChannelId) -> Result<Secrets> {
    let organization = cx.organization();
    let stored = sqlx::query_scalar!(
        "select secrets_encrypted from channels where organization_id = $1 and id = $2 for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("channel"))?;
    open(services, stored)
}

fn open(services: &Services, stored: Option<Vec<u8>>) -> Result<Secrets> {
    let Some(stored) = stored else { return Ok(Secrets::default()) };
    let plain = services
        .secret_key
        .decrypt(&stored)
        .ok_or_else(|| anyhow::anyhow!("a channel's secrets were stored under another secret key"))?;
    Ok(serde_json::from_slice(&plain)?)
}

async fn renew(services: &Services, cx: &mut Cx, id: ChannelId, mut secrets: Secrets) -> Result<String> {
    let secret = Token::random().secret;
    secrets.identity = Some(secret.clone());
    let organization = cx.organization();
    // Not `updated_at`: no form shows the secret, and none that is open becomes outdated by it.
    sqlx::query!(
        "update channels set secrets_encrypted = $3 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        services.secret_key.encrypt(&serde_json::to_vec(&secrets)?)
    )
    .execute(cx.conn())
    .await?;
    Ok(secret)
}
