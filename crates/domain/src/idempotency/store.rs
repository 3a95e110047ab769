use super::{REMEMBERED, reserve::actor};
use crate::{Cx, Result, Services};

/// Expired keys that one request clears away.
const SWEPT: i64 = 20;

/// Keeps the answer to the request that took the key in this transaction, and clears some keys that are no longer
/// remembered.
///
/// # Errors
/// When the database does not take it.
pub async fn store(services: &Services, cx: &mut Cx, key: &str, status: u16, answer: &[u8]) -> Result<()> {
    let (organization, actor, now) = (cx.organization(), actor(cx), cx.now());
    sqlx::query!(
        "with expired as (
           select actor_id, key from idempotency_keys where organization_id = $1 and created_at < $6
           order by created_at limit $7 for update skip locked
         ), swept as (
           delete from idempotency_keys k using expired e
           where k.organization_id = $1 and k.actor_id = e.actor_id and k.key = e.key
         )
         update idempotency_keys set status = $4, answer_encrypted = $5
         where organization_id = $1 and actor_id = $2 and key = $3",
        organization.0,
        actor,
        key,
        i32::from(status),
        services.secret_key.encrypt(answer),
        now - REMEMBERED,
        SWEPT
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
