use types::id::{ChannelId, OrganizationId};

use crate::{Result, Services};

/// The channel with a public key, and its organization. Whether it is switched on, the caller sees in its row.
///
/// # Errors
/// When the database does not answer.
pub async fn find_by_key(services: &Services, key: &str) -> Result<Option<(OrganizationId, ChannelId)>> {
    if key.len() > 64 || !key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        return Ok(None);
    }
    let row = sqlx::query!(
        "select organization_id, resource_id from secret_lookups where kind = 'channel' and key = $1",
        key
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    Ok(row.map(|row| (OrganizationId(row.organization_id), ChannelId(row.resource_id))))
}
