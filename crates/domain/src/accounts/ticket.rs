//! Tickets: what somebody has proven so far, to be handed in with the next step of signing in. Nothing of them is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use types::id::UserId;
use uuid::Uuid;

use crate::{Error, Result, Services};

/// How long the next step may take.
const GOOD_FOR: Duration = Duration::minutes(10);

/// What a ticket is good for. It is signed under the name of that, and is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The password was right; the second step is left.
    SecondStep,
    /// The password was right and is enough; an organization to work in is left to be chosen.
    EntryByPassword,
    /// The same after both factors.
    Entry,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::SecondStep => "second factor",
            Self::EntryByPassword => "entry by password",
            Self::Entry => "entry",
        }
    }
}

/// Who holds a ticket, and what voids it.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub user: UserId,
    pub purpose: Purpose,
    /// Of the password that brought the ticket or, where a passkey did, stood beside it: a new one voids the ticket.
    pub password_hash: String,
    /// When a session was last opened: the next one voids an entry, so that it opens one at most.
    pub last_login_at: Option<DateTime<Utc>>,
}

impl Holder {
    /// A ticket for ten minutes: user, end and signature.
    pub fn ticket(&self, services: &Services) -> String {
        let until = services.db.now() + GOOD_FOR;
        let mut bytes = [self.user.0.as_bytes().as_slice(), &until.timestamp().to_be_bytes()].concat();
        let signature = services.secret_key.sign(self.purpose.name(), &self.signed(&bytes));
        bytes.extend(signature);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What is signed: user and end, and what voids the ticket.
    fn signed(&self, user_and_end: &[u8]) -> Vec<u8> {
        let mut signed = [user_and_end, self.password_hash.as_bytes()].concat();
        if self.purpose != Purpose::SecondStep
            && let Some(at) = self.last_login_at
        {
            signed.extend(at.timestamp_micros().to_be_bytes());
        }
        signed
    }
}

/// Who holds a ticket that is good for one of these.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is not good (any more), also for who was switched off.
pub(super) async fn holder(services: &Services, ticket: &str, purposes: &[Purpose]) -> Result<Holder> {
    let bytes = URL_SAFE_NO_PAD.decode(ticket).ok().filter(|bytes| bytes.len() == 56);
    let bytes = bytes.ok_or(Error::Unauthenticated)?;
    let (signed, signature) = bytes.split_at(24);
    let (Ok(user), Ok(until)) = (Uuid::from_slice(&signed[..16]), signed[16..].try_into()) else {
        return Err(Error::Unauthenticated);
    };
    if i64::from_be_bytes(until) < services.db.now().timestamp() {
        return Err(Error::Unauthenticated);
    }
    let row = sqlx::query!(
        r#"select password_hash, last_login_at, has_second_factor(u) as "has_second_factor!"
           from users u where id = $1 and is_active"#,
        user
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or(Error::Unauthenticated)?;
    let (user, password_hash, last_login_at) = (UserId(user), row.password_hash, row.last_login_at);
    let mut holder = Holder { user, purpose: Purpose::SecondStep, password_hash, last_login_at };
    for &purpose in purposes {
        holder.purpose = purpose;
        // What the password alone has brought is not enough any more where a second factor came since.
        let is_enough = purpose != Purpose::EntryByPassword || !row.has_second_factor;
        if is_enough && services.secret_key.verify(purpose.name(), &holder.signed(signed), signature) {
            return Ok(holder);
        }
    }
    Err(Error::Unauthenticated)
}
