use serde_json::json;
use types::{event::EventName, id::ChannelId, permission::Permission};

use crate::{Cx, Error, Result, audit, error::require, events};

/// Removes a channel that was never used. One with conversations is kept, because they would go with it: it can be
/// switched off instead.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when the channel has conversations.
pub async fn delete(cx: &mut Cx, id: ChannelId) -> Result<()> {
    require(cx, Permission::ChannelsWrite)?;
    let organization = cx.organization();
    // The lock waits for, and then sees, a conversation that is being started on the channel.
    let name = sqlx::query_scalar!(
        "select name from channels where organization_id = $1 and id = $2 for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("channel"))?;
    let is_used = sqlx::query_scalar!(
        r#"select exists (select from conversations where organization_id = $1 and channel_id = $2) as "used!""#,
        organization.0,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    if is_used {
        return Err(Error::Conflict(
            "the channel has conversations, which would be deleted with it: switch it off instead".into(),
        ));
    }
    sqlx::query!(
        "with key as (delete from secret_lookups where kind = 'channel' and organization_id = $1 and resource_id = $2)
         delete from channels where organization_id = $1 and id = $2",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    events::emit(cx, EventName::ChannelDeleted, "channel", id, None, json!({"name": name})).await?;
    audit::record(cx, "channel.deleted", id, Some(json!({"name": name})), None).await?;
    Ok(())
}
