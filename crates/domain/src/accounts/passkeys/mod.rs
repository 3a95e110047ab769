//! Passkeys (WebAuthn level 3): keys on people's devices that sign them in.
//!
//! A device answers only after it has made sure of the person (PIN, finger, face), and each answer says so: a passkey is
//! both factors at once, and after the password it is the second one. An answer fits one challenge, which is kept here,
//! counts once and for five minutes, and names the origin on which the browser asked.

mod add;
mod challenge;
mod change;
mod sign_in;
mod use_up;

use anyhow::anyhow;
use types::{
    error::FieldRule,
    id::{PasskeyId, UserId},
    user::Passkey,
};
use url::{Host, Url};
use webauthn_rp::{
    bin::Decode,
    request::{AsciiDomain, RpId, register::UserHandle},
};

use crate::{Error, Result, Services};

pub use add::{begin_passkey, finish_passkey};
pub(super) use challenge::sweep;
pub use change::{remove_passkey, rename_passkey};
pub use sign_in::{PasskeyQuestion, ask_passkey, passkey_log_in, passkey_second_step, second_step_ways};

/// Passkeys that a person may have.
const MOST: i64 = 20;
/// Longest name of one, in characters.
const NAME: usize = 60;

/// A person's passkeys, the oldest first.
pub(super) async fn list(services: &Services, user: UserId) -> Result<Vec<Passkey>> {
    let rows = sqlx::query!(
        "select id, name, created_at, last_used_at from passkeys where user_id = $1 order by id limit $2",
        user.0,
        MOST
    )
    .fetch_all(services.db.system().pool())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Passkey {
            id: PasskeyId(row.id),
            name: row.name,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
        .collect())
}

/// Where passkeys count: the configured public address.
struct Site {
    id: RpId,
    origin: String,
}

impl Site {
    fn of(services: &Services) -> Result<Self> {
        const NO_NAME: Error = Error::Refused("passkeys need a service with a host name, not an IP address");
        let url = Url::parse(&services.settings.public_url).map_err(|error| anyhow!("public address: {error}"))?;
        let Some(Host::Domain(name)) = url.host() else { return Err(NO_NAME) };
        let name = AsciiDomain::try_from(name.to_owned()).map_err(|_| NO_NAME)?;
        Ok(Self { id: RpId::Domain(name), origin: url.origin().ascii_serialization() })
    }
}

/// What a device knows a person by.
fn handle(user: UserId) -> UserHandle<16> {
    let Ok(handle) = UserHandle::decode(user.0.into_bytes());
    handle
}

/// What every answer is told that does not fit; why stands in the log.
fn unfit(why: impl std::fmt::Display) -> Error {
    tracing::info!(why = %why, "the answer of a passkey was refused");
    Error::rule("passkey", FieldRule::Mismatch)
}
