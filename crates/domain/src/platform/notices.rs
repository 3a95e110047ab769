use types::{
    id::UserId,
    platform::{Impersonation, Notices},
};

use super::shown_announcements;
use crate::{Result, Services, Token};

/// What stands above the dashboard of a session: that an operator works in it as a member, or else what operators announce.
///
/// # Errors
/// When the database does not answer.
pub async fn notices(services: &Services, session: &str) -> Result<Notices> {
    let row = sqlx::query!(
        r#"select s.user_id, u.name as admin_name, i.reason as "reason?", i.expires_at as "expires_at?",
                  member.name as "user_name?"
           from sessions s join users u on u.id = s.user_id
           left join impersonations i on i.session_id = s.id and i.ended_at is null and i.expires_at > $2
           left join users member on member.id = i.user_id
           where s.token_hash = $1 and s.expires_at > $2"#,
        Token::hash(session),
        services.db.now()
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    let Some(row) = row else { return Ok(Notices::default()) };
    let user = UserId(row.user_id);
    if let (Some(reason), Some(expires_at), Some(user_name)) = (row.reason, row.expires_at, row.user_name) {
        let impersonation = Impersonation { admin_id: user, admin_name: row.admin_name, user_name, reason, expires_at };
        return Ok(Notices { impersonation: Some(impersonation), announcements: Vec::new() });
    }
    Ok(Notices { impersonation: None, announcements: shown_announcements(services, user).await? })
}
