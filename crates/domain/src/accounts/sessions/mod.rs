//! Sessions of signed-in browsers: 30 days from the last use, kept as the hash of their token.

mod authenticate;
mod end;
mod open;

use chrono::Duration;
use types::{
    id::{SessionId, UserId},
    user::Session,
};

pub(crate) use self::open::Proof;
pub use self::{
    authenticate::{authenticate, authenticate_from},
    end::{end_session, end_sessions},
};
pub(super) use self::{
    end::end_others,
    open::{hold, open},
};
use super::passkeys;
use crate::{Result, Services};

/// How long a session lives after its last use.
const LIFETIME: Duration = Duration::days(30);

/// A person's sessions, the last used first, at most 100.
///
/// # Errors
/// When the database does not answer.
pub async fn sessions(services: &Services, user: UserId, current: SessionId) -> Result<Vec<Session>> {
    let rows = sqlx::query!(
        "select id, ip, user_agent, created_at, last_seen_at from sessions
         where user_id = $1 and expires_at > $2 order by last_seen_at desc limit 100",
        user.0,
        services.db.now()
    )
    .fetch_all(services.db.system().pool())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: SessionId(row.id),
            ip: row.ip,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            is_current: row.id == current.0,
        })
        .collect())
}

/// Removes sessions, links and questions that have run out and attempts that no longer count. Part of the daily upkeep.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(services: &Services) -> Result<()> {
    let now = services.db.now();
    let pool = services.db.system();
    sqlx::query!("delete from sessions where expires_at < $1", now).execute(pool.pool()).await?;
    sqlx::query!("delete from login_attempts where last_attempt_at < $1", now - Duration::days(2))
        .execute(pool.pool())
        .await?;
    sqlx::query!("delete from password_resets where expires_at < $1", now).execute(pool.pool()).await?;
    sqlx::query!("delete from email_verifications where expires_at < $1", now).execute(pool.pool()).await?;
    passkeys::sweep(services).await
}
