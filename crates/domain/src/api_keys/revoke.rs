use serde_json::json;
use types::{event::EventName, id::ApiKeyId, permission::Permission};

use crate::{
    Cx, Error, Result, audit,
    error::{require, require_in_person},
    events,
};

/// Ends a key: the next request with it is refused.
///
/// # Errors
/// [`Error::NotFound`], also when it was revoked before.
pub async fn revoke(cx: &mut Cx, id: ApiKeyId) -> Result<()> {
    require(cx, Permission::ApiKeysWrite)?;
    require_in_person(cx)?;
    let (organization, now) = (cx.organization(), cx.now());
    let name = sqlx::query_scalar!(
        "with lookup as (delete from secret_lookups where kind = 'api_key' and organization_id = $1 and resource_id = $2)
         update api_keys set revoked_at = $3 where organization_id = $1 and id = $2 and revoked_at is null
         returning name",
        organization.0,
        id.0,
        now
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("API key"))?;
    events::emit(cx, EventName::ApiKeyRevoked, "api_key", id, None, json!({"name": name})).await?;
    audit::record(cx, "api_key.revoked", id, Some(json!({"name": name})), None).await
}
