use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
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

/// What is kept with the lookup of a key, so that one question answers who asks and what they may. Revoking a key ends
/// its lookup; nothing else of a key changes.
#[derive(Serialize, Deserialize)]
pub(super) struct Details {
    pub name: String,
    pub scopes: Vec<String>,
    pub expires_at: Option<DateTime<Utc>>,
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
        "select l.organization_id, l.resource_id, l.details, l.last_used_at, o.status
         from secret_lookups l join organization_index o on o.organization_id = l.organization_id
         where l.kind = 'api_key' and l.key = $1",
        hex::encode(Token::hash(token))
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    let Some(found) = found else { return Ok(None) };
    let (organization, id) = (OrganizationId(found.organization_id), ApiKeyId(found.resource_id));
    let (key, now) = (serde_json::from_value::<Details>(found.details)?, services.db.now());
    if key.expires_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    // The reason stands in the organization's own row, which is asked for when there is one.
    let reason = if found.status == "suspended" { reason(services, organization).await? } else { None };
    organizations::check_active(&found.status, reason.as_deref())?;
    if found.last_used_at.is_none_or(|at| now - at >= NOTED_EVERY) {
        note_use(services, organization, id).await?;
    }
    let actor = Actor::ApiKey { id, scopes: permissions(&key.scopes) };
    Ok(Some(KeyHolder { organization, name: key.name, actor }))
}

/// Why the operator has suspended the organization.
async fn reason(services: &Services, organization: OrganizationId) -> Result<Option<String>> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let reason = sqlx::query_scalar!("select suspended_reason from organizations where id = $1", organization.0)
        .fetch_optional(cx.conn())
        .await?;
    Ok(reason.flatten())
}

async fn note_use(services: &Services, organization: OrganizationId, id: ApiKeyId) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    sqlx::query!(
        "with noted as (
           update secret_lookups set last_used_at = $3
           where kind = 'api_key' and organization_id = $1 and resource_id = $2 and (last_used_at is null or last_used_at <= $4)
           returning resource_id
         )
         update api_keys set last_used_at = $3 where organization_id = $1 and id in (select resource_id from noted)",
        organization.0,
        id.0,
        now,
        now - NOTED_EVERY
    )
    .execute(cx.conn())
    .await?;
    Ok(cx.commit().await?)
}
