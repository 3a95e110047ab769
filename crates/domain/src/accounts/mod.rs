//! People's way in: sign-up, sign-in and sign-out, sessions, the own profile and password.
//!
//! These verbs run before an organization is known. They read the global tables (users, sessions, login attempts)
//! and open a transaction of an organization only for what belongs to it.

mod attempts;
mod found;
mod log_in;
mod me;
mod password;
mod platform_admin;
mod profile;
mod sessions;
mod sign_up;

use db::Actor;
use types::{id::SessionId, user::Me};

pub use db::ClientInfo;
pub use log_in::{log_in, log_out};
pub use platform_admin::create_platform_admin;
pub use profile::{change_password, update_profile};
pub use sessions::{authenticate, end_session, end_sessions, sessions, sweep};
pub use sign_up::sign_up;

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "biseda_session";

/// A new session.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser's cookie holds; kept here only as its hash.
    pub token: String,
    pub me: Me,
}

/// Who is behind a session's token.
#[derive(Debug, Clone)]
pub struct Authenticated {
    pub session_id: SessionId,
    pub me: Me,
}

impl Authenticated {
    /// The member as the one who acts.
    pub fn actor(&self) -> Actor {
        actor(&self.me)
    }
}

/// A member as the one who acts.
fn actor(me: &Me) -> Actor {
    Actor::Member { id: me.member_id, user_id: me.user_id, name: me.name.clone(), role: me.role }
}

/// A user's row, as far as sign-in needs it.
struct UserRow {
    id: uuid::Uuid,
    password_hash: String,
    is_active: bool,
}

/// The user with this address, in whatever case it is written.
async fn find_user(services: &crate::Services, email: &str) -> crate::Result<Option<UserRow>> {
    let user = sqlx::query_as!(
        UserRow,
        "select id, password_hash, is_active from users where lower(email) = lower($1)",
        email
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    Ok(user)
}
