use sqlx::PgConnection;
use types::id::{SessionId, UserId};

use super::hold;
use crate::{Error, Result, Services, accounts::Authenticated};

/// Ends the person's other sessions with a change of the ways in, and gives them, to be told after the commit.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session that asks has ended: a new password came first, and the change is void.
pub(in crate::accounts) async fn end_others(
    connection: &mut PgConnection,
    asked_by: &Authenticated,
) -> Result<Vec<SessionId>> {
    let (user, session) = (asked_by.me.user_id, asked_by.session_id);
    hold(connection, user).await?;
    let is_open = sqlx::query_scalar!(
        r#"select exists (select from sessions where id = $1 and user_id = $2) as "open!""#,
        session.0,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if !is_open {
        return Err(Error::Unauthenticated);
    }
    let ended =
        sqlx::query_scalar!("delete from sessions where user_id = $1 and id <> $2 returning id", user.0, session.0)
            .fetch_all(connection)
            .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// Ends one of a person's sessions, and its live updates with it.
///
/// # Errors
/// [`Error::NotFound`] when the person has no such session.
pub async fn end_session(services: &Services, user: UserId, session: SessionId) -> Result<()> {
    let ended = sqlx::query!("delete from sessions where user_id = $1 and id = $2", user.0, session.0)
        .execute(services.db.system().pool())
        .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound("session"));
    }
    services.live.end_session(session);
    Ok(())
}

/// Ends all of a person's sessions, except the one to keep.
///
/// # Errors
/// When the database does not answer.
pub async fn end_sessions(services: &Services, user: UserId, keep: Option<SessionId>) -> Result<()> {
    let ended = sqlx::query_scalar!(
        "delete from sessions where user_id = $1 and ($2::uuid is null or id <> $2) returning id",
        user.0,
        keep.map(|session| session.0)
    )
    .fetch_all(services.db.system().pool())
    .await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}
