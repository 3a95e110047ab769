use anyhow::anyhow;
use serde_json::json;
use webauthn_rp::{
    Registration, RegistrationServerState,
    bin::{Decode, Encode},
    request::{
        PublicKeyCredentialDescriptor,
        register::{
            CredProtect, Nickname, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity,
            RegistrationVerificationOptions, Username,
        },
    },
    response::{AuthTransports, CredentialId},
};

use super::{MOST, NAME, Site, challenge, handle, unfit};
use crate::{
    Error, Result, Services,
    accounts::{
        Authenticated, actor,
        second_factor::{Change, check_own_password, finish, new_recovery_codes, recovery_hash},
    },
    mails::Letter,
    validate::Check,
};

/// Begins to add a passkey: gives what the browser asks the device for (`PublicKeyCredentialCreationOptionsJSON`), whose
/// answer [`finish_passkey`] takes from the same session. Asks for the password, as the second factor does.
///
/// # Errors
/// [`Error::Validation`] of `name` or `password`; [`Error::Refused`] when there are twenty, and where the public address
/// has no name.
pub async fn begin_passkey(
    services: &Services,
    asked_by: &Authenticated,
    name: &str,
    password: &str,
) -> Result<String> {
    asked_by.in_person()?;
    let (site, me) = (Site::of(services)?, &asked_by.me);
    let mut check = Check::default();
    let name = check.line("name", name, 1..=NAME);
    check.finish()?;
    check_own_password(services, me, password).await?;
    let known = known(services, me.user_id).await?;
    if known.len() >= MOST as usize {
        return Err(FULL);
    }
    let (handle, id) = (handle(me.user_id), me.user_id.to_string());
    let user = PublicKeyCredentialUserEntity {
        // An address that devices do not take as a name (RFC 8265) is shown as the id.
        name: Username::try_from(me.email.as_str())
            .or_else(|_| Username::try_from(id.as_str()))
            .map_err(|error| anyhow!("name of a passkey's user: {error}"))?,
        id: &handle,
        display_name: Nickname::try_from(me.name.as_str()).ok(),
    };
    let mut options = PublicKeyCredentialCreationOptions::passkey(&site.id, user, known);
    // Devices that cannot promise to make sure of the person always: each answer must say that they did.
    options.extensions.cred_protect = CredProtect::None;
    let (state, question) = options.start_ceremony().map_err(|error| anyhow!("passkey: {error}"))?;
    let state = state.encode().map_err(anyhow::Error::from)?;
    challenge::ask_in(services, asked_by.session_id, &name, &state).await?;
    Ok(serde_json::to_string(&question)?)
}

/// Adds the passkey that the device answered with (`RegistrationResponseJSON`), ends the person's other sessions and tells
/// the person by mail. Gives new recovery codes, to be shown once, to who has none (any more).
///
/// # Errors
/// [`Error::Validation`] of `passkey` when the answer does not fit the session's question; [`Error::Conflict`] when the
/// passkey is known already; [`Error::Refused`] as [`begin_passkey`].
pub async fn finish_passkey(services: &Services, asked_by: &Authenticated, answer: &str) -> Result<Vec<String>> {
    asked_by.in_person()?;
    let (site, me) = (Site::of(services)?, &asked_by.me);
    let asked = challenge::take_in(services, asked_by.session_id).await?;
    let (name, state) = asked.ok_or_else(|| unfit("there is no such question, or it is too old"))?;
    let state = RegistrationServerState::<16>::decode(&state).map_err(|error| anyhow!("passkey: {error}"))?;
    let answer = Registration::from_json_relaxed(answer.as_bytes()).map_err(unfit)?;
    let origins = [site.origin.as_str()];
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        error_on_unsolicited_extensions: false,
        ..Default::default()
    };
    let passkey = state.verify(&site.id, &answer, &options).map_err(unfit)?;
    let Ok(public_key) = passkey.static_state().encode();
    let Ok(dynamic_state) = passkey.dynamic_state().encode();
    let Ok(transports) = passkey.transports().encode();

    let mut cx = services.db.begin(me.organization.id, actor(me)).await?;
    let (id, now) = (cx.new_id(), cx.now());
    let has_codes = sqlx::query_scalar!(
        r#"select recovery_codes <> '{}' as "has!" from users where id = $1 for update"#,
        me.user_id.0
    )
    .fetch_one(cx.conn())
    .await?;
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from passkeys where user_id = $1"#, me.user_id.0)
        .fetch_one(cx.conn())
        .await?;
    if count >= MOST {
        return Err(FULL);
    }
    let added = sqlx::query!(
        "insert into passkeys (id, user_id, credential_id, name, public_key, state, transports, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (credential_id) do nothing",
        id,
        me.user_id.0,
        passkey.id().into_inner(),
        name,
        public_key,
        dynamic_state.as_slice(),
        i16::from(transports),
        now
    )
    .execute(cx.conn())
    .await?;
    if added.rows_affected() == 0 {
        return Err(Error::Conflict("this passkey has already been added".into()));
    }
    let codes = if has_codes { Vec::new() } else { new_recovery_codes() };
    if !codes.is_empty() {
        let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(services, me.user_id, code)).collect();
        sqlx::query!("update users set recovery_codes = $2, updated_at = $3 where id = $1", me.user_id.0, &hashes, now)
            .execute(cx.conn())
            .await?;
    }
    let after = Some(json!({"name": name}));
    let letter = Letter::PasskeyAdded { name: &name };
    finish(services, cx, asked_by, Change { letter, action: "user.passkey_added", before: None, after }).await?;
    Ok(codes)
}

const FULL: Error = Error::Refused("a person has at most 20 passkeys: remove one first");

/// The person's passkeys as devices know them, so that none is made twice on one.
async fn known(services: &Services, user: types::id::UserId) -> Result<Vec<PublicKeyCredentialDescriptor<Vec<u8>>>> {
    let rows = sqlx::query!(
        "select credential_id, transports from passkeys where user_id = $1 order by id limit $2",
        user.0,
        MOST
    )
    .fetch_all(services.db.system().pool())
    .await?;
    rows.into_iter()
        .map(|row| {
            let id = CredentialId::decode(row.credential_id).map_err(|error| anyhow!("stored passkey: {error}"))?;
            let transports = u8::try_from(row.transports).map_err(anyhow::Error::from)?;
            let transports = AuthTransports::decode(transports).map_err(|error| anyhow!("stored passkey: {error}"))?;
            Ok(PublicKeyCredentialDescriptor { id, transports })
        })
        .collect()
}
