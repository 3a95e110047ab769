use anyhow::anyhow;
use types::user::SecondStepWays;
use webauthn_rp::{DiscoverableCredentialRequestOptions, bin::Encode};

use super::{Site, challenge, use_up::use_up};
use crate::{
    Result, Services,
    accounts::{
        ClientInfo, Entry, Proof, log_in,
        ticket::{self, Purpose},
    },
};

/// What a device is asked when somebody signs in.
#[derive(Debug)]
pub struct PasskeyQuestion {
    /// Kept by the browser that asks, and handed in with the answer.
    pub token: String,
    /// `PublicKeyCredentialRequestOptionsJSON`.
    pub options: String,
}

/// A question for any passkey that the device has for this service: the answer tells whose it is.
///
/// # Errors
/// [`Error::Refused`] where the public address has no name.
pub async fn ask_passkey(services: &Services) -> Result<PasskeyQuestion> {
    let site = Site::of(services)?;
    let options = DiscoverableCredentialRequestOptions::passkey(&site.id);
    let (state, question) = options.start_ceremony().map_err(|error| anyhow!("passkey: {error}"))?;
    let state = state.encode().map_err(anyhow::Error::from)?;
    let token = challenge::ask(services, &state).await?;
    Ok(PasskeyQuestion { token, options: serde_json::to_string(&question)? })
}

/// Signs the owner of a passkey in, by the answer to the question with this token. Both factors in one step.
///
/// # Errors
/// [`Error::Validation`] of `passkey` when the answer does not fit, also for who was locked; [`Error::InvalidCredentials`]
/// after too many such; then as [`first_step`](super::super::first_step).
pub async fn passkey_log_in(services: &Services, token: &str, answer: &str, client: &ClientInfo) -> Result<Entry> {
    let user = use_up(services, token, answer, None).await?;
    log_in::enter(services, user, Proof::Passkey, client).await
}

/// Takes the second step with a passkey, after the password brought this ticket.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more); otherwise as [`passkey_log_in`].
pub async fn passkey_second_step(
    services: &Services,
    ticket: &str,
    token: &str,
    answer: &str,
    client: &ClientInfo,
) -> Result<Entry> {
    let holder = ticket::holder(services, ticket, &[Purpose::SecondStep]).await?;
    use_up(services, token, answer, Some(holder.user)).await?;
    log_in::enter(services, holder.user, Proof::SecondStep(&holder.password_hash), client).await
}

/// What the second step takes from the holder of a ticket, beside recovery codes.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more).
pub async fn second_step_ways(services: &Services, ticket: &str) -> Result<SecondStepWays> {
    let holder = ticket::holder(services, ticket, &[Purpose::SecondStep]).await?;
    let row = sqlx::query!(
        r#"select two_factor_secret is not null as "app!",
                  exists (select from passkeys where user_id = users.id) as "passkey!" from users where id = $1"#,
        holder.user.0
    )
    .fetch_one(services.db.system().pool())
    .await?;
    Ok(SecondStepWays { app: row.app, passkey: row.passkey })
}
