use serde_json::json;
use types::id::{SessionId, UserId};

use super::{Operator, log::Act};
use crate::{Error, Result, Services, validate::Check};

/// Locks a user out of all organizations, and ends the person's sessions and sockets.
///
/// # Errors
/// [`Error::Validation`] of `reason`; [`Error::NotFound`]; [`Error::Refused`] for one's own account.
pub async fn lock_user(services: &Services, operator: &Operator, id: UserId, reason: &str) -> Result<()> {
    let mut check = Check::default();
    let reason = check.line("reason", reason, 1..=500);
    check.finish()?;
    if id == operator.user() {
        return Err(Error::Refused("you cannot lock your own account"));
    }
    let mut tx = services.db.system().begin().await?;
    let email = sqlx::query_scalar!(
        "update users set is_active = false, updated_at = $2 where id = $1 returning email",
        id.0,
        services.db.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound("user"))?;
    let ended =
        sqlx::query_scalar!("delete from sessions where user_id = $1 returning id", id.0).fetch_all(&mut *tx).await?;
    let after = Some(json!({"email": email, "reason": reason}));
    operator.note(services, &mut tx, Act { action: "user.locked", resource: id.0, before: None, after }).await?;
    tx.commit().await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}

/// Lets a locked user sign in again.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, or the user is not locked.
pub async fn unlock_user(services: &Services, operator: &Operator, id: UserId) -> Result<()> {
    let mut tx = services.db.system().begin().await?;
    let email = sqlx::query_scalar!(
        "update users set is_active = true, updated_at = $2 where id = $1 and not is_active returning email",
        id.0,
        services.db.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound("user"))?;
    let after = Some(json!({"email": email}));
    operator.note(services, &mut tx, Act { action: "user.unlocked", resource: id.0, before: None, after }).await?;
    tx.commit().await?;
    Ok(())
}
