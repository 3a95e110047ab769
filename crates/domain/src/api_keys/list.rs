use chrono::{DateTime, Utc};
use types::{
    api_key::ApiKey,
    id::{ApiKeyId, MemberId},
    permission::Permission,
};
use uuid::Uuid;

use super::MAX_KEYS;
use crate::{Cx, Error, Result, error::require};

struct Row {
    id: Uuid,
    name: String,
    prefix: String,
    scopes: Vec<String>,
    created_by: Option<Uuid>,
    created_by_name: Option<String>,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn key(self) -> ApiKey {
        ApiKey {
            id: ApiKeyId(self.id),
            name: self.name,
            prefix: self.prefix,
            scopes: permissions(&self.scopes),
            created_by: self.created_by.map(MemberId),
            created_by_name: self.created_by_name,
            last_used_at: self.last_used_at,
            expires_at: self.expires_at,
            created_at: self.created_at,
        }
    }
}

/// The scopes as the program knows them. A word that it does not know (any more) grants nothing.
pub(super) fn permissions(words: &[String]) -> Vec<Permission> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// The keys that are not revoked, the newest first; expired ones too, until somebody removes them.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn list(cx: &mut Cx) -> Result<Vec<ApiKey>> {
    require(cx, Permission::ApiKeysRead)?;
    read(cx, None).await
}

/// One key that is not revoked.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(cx: &mut Cx, id: ApiKeyId) -> Result<ApiKey> {
    require(cx, Permission::ApiKeysRead)?;
    read(cx, Some(id)).await?.pop().ok_or(Error::NotFound("API key"))
}

/// One key, or all. The caller has asked the permission.
pub(super) async fn read(cx: &mut Cx, id: Option<ApiKeyId>) -> Result<Vec<ApiKey>> {
    let organization = cx.organization();
    let rows = sqlx::query_as!(
        Row,
        r#"select k.id, k.name, k.prefix, k.scopes, k.created_by, u.name as "created_by_name?", k.last_used_at,
                  k.expires_at, k.created_at
           from api_keys k
           left join members m on m.organization_id = $1 and m.id = k.created_by
           left join users u on u.id = m.user_id
           where k.organization_id = $1 and k.revoked_at is null and ($2::uuid is null or k.id = $2)
           order by k.created_at desc, k.id desc limit $3"#,
        organization.0,
        id.map(|id| id.0),
        MAX_KEYS
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows.into_iter().map(Row::key).collect())
}
