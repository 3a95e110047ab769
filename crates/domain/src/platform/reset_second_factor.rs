use serde_json::json;
use types::id::{SessionId, UserId};

use super::{Operator, log::Act};
use crate::{
    Error, Result, Services,
    mails::{self, Letter, Outgoing},
};

/// Takes a user's second factor away, for who lost the app or the passkeys, and the recovery codes. Ends the person's sessions and tells the
/// person by mail.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user or no second factor; [`Error::Refused`] for one's own: the profile does
/// that, with the password.
pub async fn reset_second_factor(services: &Services, operator: &Operator, id: UserId) -> Result<()> {
    if id == operator.user() {
        return Err(Error::Refused("remove your own second factor in your profile"));
    }
    let mut tx = services.db.system().begin().await?;
    let user = sqlx::query!(
        "update users u set two_factor_secret = null, two_factor_pending = null, recovery_codes = '{}', updated_at = $2
         where id = $1 and has_second_factor(u) returning email, locale",
        id.0,
        services.db.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound("second factor"))?;
    sqlx::query!("delete from passkeys where user_id = $1", id.0).execute(&mut *tx).await?;
    let ended =
        sqlx::query_scalar!("delete from sessions where user_id = $1 returning id", id.0).fetch_all(&mut *tx).await?;
    let letter = Letter::TwoFactorOff;
    let notice = Outgoing { organization: None, recipient: &user.email, locale: &user.locale, letter, path: "/reset" };
    mails::queue(services, &mut tx, notice).await?;
    let after = Some(json!({"email": user.email}));
    let act = Act { action: "user.second_factor_reset", resource: id.0, before: None, after };
    operator.note(services, &mut tx, act).await?;
    tx.commit().await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}
