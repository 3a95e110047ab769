use serde_json::json;
use types::id::{SessionId, UserId};

use super::{Operator, log::Act};
use crate::{Error, Result, Services};

/// Signs a user out everywhere; the operator's own present session stays.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end_sessions(services: &Services, operator: &Operator, id: UserId) -> Result<()> {
    let mut tx = services.db.system().begin().await?;
    let email = sqlx::query_scalar!("select email from users where id = $1", id.0)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Error::NotFound("user"))?;
    let ended = sqlx::query_scalar!(
        "delete from sessions where user_id = $1 and id <> $2 returning id",
        id.0,
        operator.session().0
    )
    .fetch_all(&mut *tx)
    .await?;
    let after = Some(json!({"email": email, "sessions": ended.len()}));
    operator.note(services, &mut tx, Act { action: "user.signed_out", resource: id.0, before: None, after }).await?;
    tx.commit().await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}
