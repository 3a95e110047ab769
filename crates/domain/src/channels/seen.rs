use types::id::ChannelId;

use crate::{Cx, Result};

/// Notes that a visitor's browser has opened the channel: it is installed somewhere. Writes the first time only.
///
/// # Errors
/// When the database does not take it.
pub async fn seen(cx: &mut Cx, id: ChannelId) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "update channels set seen_at = $3 where organization_id = $1 and id = $2 and seen_at is null",
        organization.0,
        id.0,
        now
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
