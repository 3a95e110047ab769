//! People's way in: sign-up, sign-in and sign-out, sessions, the own profile and password.
//!
//! These verbs run before an organization is known. They read the global tables (users, sessions, login attempts)
//! and open a transaction of an organization only for what belongs to it.

mod attempts;
mod cookie;
mod establish;
mod found;
mod log_in;
mod me;
mod new_user;
mod no_organization;
mod passkeys;
mod password;
mod password_reset;
mod places;
mod platform_admin;
mod profile;
mod second_factor;
mod sessions;
mod sign_up;
mod ticket;
mod verification;

use db::Actor;
use types::{
    error::OUTDATED,
    id::{MemberId, SessionId},
    platform::Impersonation,
    user::Me,
};

use crate::error::IN_PERSON;

pub use cookie::{SESSION_COOKIE, cookie, hidden_cookie, session_cookie};
pub use db::ClientInfo;
pub(crate) use log_in::enter_here;
pub use log_in::{Entry, first_step, log_in, log_out, second_step};
pub(crate) use me::load as load_me;
pub(crate) use new_user::{NewAccount, NewUser};
pub use no_organization::{enter_founded, enter_invited, enter_restored, openings};
pub use passkeys::{
    PasskeyQuestion, ask_passkey, begin_passkey, finish_passkey, passkey_log_in, passkey_second_step, remove_passkey,
    rename_passkey, second_step_ways,
};
pub(crate) use password_reset::send_password_reset;
pub use password_reset::{check_reset_link, request_password_reset, reset_password};
pub use places::{found_another, places, restore_organization, switch_organization};
pub use platform_admin::create_platform_admin;
pub use profile::{change_password, update_profile};
pub use second_factor::{
    begin_second_factor, confirm_second_factor, pending_second_factor, remove_second_factor, security,
};
pub(crate) use sessions::Proof;
pub use sessions::{authenticate, authenticate_from, end_session, end_sessions, sessions, sweep};
pub use sign_up::sign_up;
pub use verification::{request_verification, verify_email};

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
    /// Set while an operator works as this person, in the operator's own session.
    pub impersonation: Option<Impersonation>,
}

impl Authenticated {
    /// The member as the one who acts.
    pub fn actor(&self) -> Actor {
        match (actor(&self.me), &self.impersonation) {
            (Actor::Member { id, user_id, name, role, permissions, .. }, Some(impersonation)) => {
                let impersonator = Some(impersonation.admin_id);
                Actor::Member { id, user_id, name, role, permissions, impersonator }
            }
            (actor, _) => actor,
        }
    }

    /// Asks that the person acts, and not an operator who works as the person.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) for an operator.
    pub fn in_person(&self) -> crate::Result<()> {
        if self.impersonation.is_none() { Ok(()) } else { Err(IN_PERSON) }
    }

    /// The same, unless the page that asks was made for another member: since then, another tab has let the session work
    /// elsewhere, or as somebody else.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) with [`OUTDATED`].
    pub fn asked_by(self, page: Option<MadeFor>) -> crate::Result<Self> {
        match page {
            Some(MadeFor(member)) if member != self.me.member_id => Err(crate::Error::Conflict(OUTDATED.into())),
            _ => Ok(self),
        }
    }
}

/// The member for whom the page was made that asks, as its request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeFor(pub MemberId);

/// A member as the one who acts.
fn actor(me: &Me) -> Actor {
    Actor::Member {
        id: me.member_id,
        user_id: me.user_id,
        name: me.name.clone(),
        role: me.role,
        permissions: me.permissions,
        impersonator: None,
    }
}

/// A user's row, as far as sign-in needs it.
struct UserRow {
    id: uuid::Uuid,
    password_hash: String,
    is_active: bool,
    has_second_factor: bool,
}

/// The user with this address, in whatever case it is written.
async fn find_user(services: &crate::Services, email: &str) -> crate::Result<Option<UserRow>> {
    let user = sqlx::query_as!(
        UserRow,
        r#"select id, password_hash, is_active, has_second_factor(u) as "has_second_factor!"
           from users u where lower(email) = lower($1)"#,
        email
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    Ok(user)
}
