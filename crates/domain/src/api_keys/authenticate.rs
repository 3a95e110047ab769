use chrono::Duration;
use types::id::{ApiKeyId, OrganizationId};

use super::{START, list::permissions};
use crate::{Actor, Result, Services, Token, organizations};

/// Uses within this time of the last noted one are not noted: reading should not write.
const NOTED_EVERY: Duration = Duration::minutes(1);

/// Who is behind an API key.
#[derive(Debug, Clone)]
pub struct KeyHolder {
    pub organization: OrganizationId,
    /// The key's name.
    pub name: String,
    pub actor: Actor,
}

/// The organization and the rights of a key; `None` when there is no such key, or it was revoked or has run out.
///
/// # Errors
/// [`Error::Suspended`](crate::Error::Suspended) when the organization is, [`Error::Refused`](crate::Error::Refused) when
/// it was deleted.
pub async fn authenticate(services: &Services, token: &str) -> Result<Option<KeyHolder>> {
    if !token.starts_with(START) || token.len() > 100 {
        return Ok(None);
    }
    let found = sqlx::query!(
        "select organization_id, resource_id from secret_lookups where kind = 'api_key' and key = $1",
        hex::encode(Token::hash(token))
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    let Some(found) = found else { return Ok(None) };
    let (organization, id) = (OrganizationId(found.organization_id), ApiKeyId(found.resource_id));
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    let key = sqlx::query!(
        "select k.name, k.scopes, k.last_used_at, o.status
         from api_keys k join organizations o on o.id = k.organization_id
         where k.organization_id = $1 and k.id = $2 and k.revoked_at is null
           and (k.expires_at is null or k.expires_at > $3)",
        organization.0,
        id.0,
        now
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(key) = key else { return Ok(None) };
    organizations::check_active(&key.status)?;
    if key.last_used_at.is_none_or(|at| now - at >= NOTED_EVERY) {
        sqlx::query!(
            "update api_keys set last_used_at = $3
             where organization_id = $1 and id = $2 and (last_used_at is null or last_used_at <= $4)",
            organization.0,
            id.0,
            now,
            now - NOTED_EVERY
        )
        .execute(cx.conn())
        .await?;
        cx.commit().await?;
    }
    let actor = Actor::ApiKey { id, scopes: permissions(&key.scopes) };
    Ok(Some(KeyHolder { organization, name: key.name, actor }))
}
