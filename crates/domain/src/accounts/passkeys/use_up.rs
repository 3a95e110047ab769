use anyhow::anyhow;
use serde_json::json;
use types::id::UserId;
use uuid::Uuid;
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    bin::{Decode, Encode},
    request::auth::AuthenticationVerificationOptions,
    response::{
        auth::error::AuthCeremonyErr,
        register::{CompressedPubKey, DynamicState, StaticState},
    },
};

use super::{Site, challenge, handle, unfit};
use crate::{
    Actor, Result, Services,
    accounts::{attempts, log_in},
    audit,
    mails::{self, Letter, Outgoing},
};

/// The part of a passkey that never changes, as it is stored.
type Key = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// Checks a device's answer (`AuthenticationResponseJSON`) to the question with this token, which is good for one answer
/// whatever that says, and gives whose passkey it is: `expected`, if that is known.
///
/// # Errors
/// [`crate::Error::Validation`] of `passkey`; [`crate::Error::InvalidCredentials`] after too many answers that did not fit.
pub(super) async fn use_up(services: &Services, token: &str, answer: &str, expected: Option<UserId>) -> Result<UserId> {
    let site = Site::of(services)?;
    let state = challenge::take(services, token).await?;
    let state = state.ok_or_else(|| unfit("there is no such question, or it is too old"))?;
    let state = DiscoverableAuthenticationServerState::decode(&state).map_err(|error| anyhow!("passkey: {error}"))?;
    let answer = DiscoverableAuthentication16::from_json_relaxed(answer.as_bytes()).map_err(unfit)?;
    let user = UserId(Uuid::from_slice(answer.response().user_handle().as_ref()).map_err(anyhow::Error::from)?);
    if expected.is_some_and(|expected| expected != user) {
        return Err(unfit("it is another person's"));
    }
    let credential = answer.raw_id();
    let pool = services.db.system();
    let row = sqlx::query!(
        "select p.id, p.name, p.public_key, p.state, u.email, u.locale from passkeys p join users u on u.id = p.user_id
         where p.credential_id = $1 and p.user_id = $2 and u.is_active",
        credential.as_ref(),
        user.0
    )
    .fetch_optional(pool.pool())
    .await?
    .ok_or_else(|| unfit("nobody has it"))?;
    attempts::count(services, &counted_as(user)).await?;
    let key = Key::decode(&row.public_key).map_err(|error| anyhow!("stored passkey: {error}"))?;
    let dynamic = <[u8; 7]>::try_from(row.state.as_slice()).map_err(anyhow::Error::from)?;
    let dynamic = DynamicState::decode(dynamic).map_err(|error| anyhow!("stored passkey: {error}"))?;
    let handle = handle(user);
    let mut passkey = AuthenticatedCredential::new(credential, &handle, key, dynamic)
        .map_err(|error| anyhow!("stored passkey: {error}"))?;
    let origins = [site.origin.as_str()];
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        error_on_unsolicited_extensions: false,
        ..Default::default()
    };
    match state.verify(&site.id, &answer, &mut passkey, &options) {
        Ok(_) => {}
        Err(AuthCeremonyErr::SignatureCounter) => {
            tell_of_copy(services, user, &Copied { name: &row.name, email: &row.email, locale: &row.locale }).await?;
            return Err(unfit("its counter did not go on"));
        }
        Err(error) => return Err(unfit(error)),
    }
    let Ok(dynamic) = passkey.dynamic_state().encode();
    // Only over the state that was looked at: a counter does not go back, and what was removed meanwhile stays away.
    let used = sqlx::query!(
        "update passkeys set state = $2, last_used_at = $3 where id = $1 and state = $4",
        row.id,
        dynamic.as_slice(),
        services.db.now(),
        row.state
    )
    .execute(pool.pool())
    .await?;
    if used.rows_affected() == 0 {
        return Err(unfit("it was used or removed at the same moment"));
    }
    attempts::forgive(services, &counted_as(user)).await?;
    Ok(user)
}

/// A passkey that seems to be on two devices, and whose it is.
struct Copied<'a> {
    name: &'a str,
    email: &'a str,
    locale: &'a str,
}

/// A counter that does not go on tells of a copy of the key: the log and the person are told.
async fn tell_of_copy(services: &Services, user: UserId, copied: &Copied<'_>) -> Result<()> {
    let Some(organization) = log_in::organizations_of(services.db.system().pool(), user).await?.into_iter().next()
    else {
        return Ok(());
    };
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let letter = Letter::PasskeyCopied { name: copied.name };
    let notice =
        Outgoing { organization: None, recipient: copied.email, locale: copied.locale, letter, path: "/reset" };
    mails::queue(services, cx.conn(), notice).await?;
    let after = json!({"name": copied.name, "reason": "signature_counter"});
    audit::record(&mut cx, "user.passkey_refused", user, None, Some(after)).await?;
    services.commit(cx).await
}

/// Under this name answers that do not fit are counted.
fn counted_as(user: UserId) -> String {
    format!("passkeys of {user}")
}
