use types::{organization::SignUp, platform::FeatureFlag};

use super::{ClientInfo, Proof, SignedIn, attempts, find_user, found, log_in, password};
use crate::{
    Error, Result, Services, platform,
    validate::{Check, LOCALES},
};

/// Founds an organization with its owner and signs the owner in: everything that a first answer needs exists
/// afterwards (an agent that quotes the organization's knowledge, on a widget channel).
///
/// An address that a user has already is served with that user's password only: then it signs in, and founds the
/// organization when the user belongs to none. So the form sent twice makes one organization. A wrong password
/// counts as a failed sign-in and gets that answer, or that of strangers while sign-up is closed; see
/// `docs/decisions.md`.
///
/// # Errors
/// [`Error::Validation`] with all fields that break a rule; [`Error::InvalidCredentials`]; [`Error::Refused`] for who has
/// a second factor, and for strangers while the operator keeps sign-up closed.
pub async fn sign_up(services: &Services, form: SignUp, client: &ClientInfo) -> Result<SignedIn> {
    let form = check(form)?;
    let is_open = {
        let mut connection = services.db.system().pool().acquire().await?;
        platform::is_on(&mut connection, FeatureFlag::SignUp, None).await?
    };
    attempts::count(services, &form.email).await?;
    let mut user = find_user(services, &form.email).await?;
    if user.is_none() && is_open {
        let hash = password::hash(&form.password).await?;
        if let Some(signed_in) = found::found(services, &form, found::Owner::New, &hash, client).await? {
            attempts::forgive(services, &form.email).await?;
            return Ok(signed_in);
        }
        // Somebody was quicker with the same address, most likely this form sent twice.
        user = find_user(services, &form.email).await?;
    }
    let has_second_factor = user.as_ref().is_some_and(|user| user.has_second_factor);
    let (user, hash) = match log_in::check_password(user, &form.password).await {
        // Neither the answer nor the work before it tells strangers who has an account.
        Err(Error::InvalidCredentials) if !is_open => return Err(CLOSED),
        checked => checked?,
    };
    attempts::forgive(services, &form.email).await?;
    if has_second_factor {
        return Err(Error::Refused("this address already has an account with a second step: sign in instead"));
    }
    if log_in::organizations_of(services.db.system().pool(), user).await?.is_empty() {
        // Whoever operates the service needs an organization to sign in.
        if !is_open && !log_in::is_platform_admin(services, user).await? {
            return Err(CLOSED);
        }
        let founded = found::found(services, &form, found::Owner::Existing(user), &hash, client).await?;
        return founded.ok_or_else(|| Error::Conflict("the account was just changed; try again".into()));
    }
    log_in::enter(services, user, Proof::Password(&hash), client).await
}

/// What strangers are told while the operator keeps sign-up closed.
const CLOSED: Error = Error::Refused("sign-up is closed: ask the operator of this service for an invitation");

/// The form as it is stored.
fn check(form: SignUp) -> Result<SignUp> {
    let mut check = Check::default();
    let form = SignUp {
        organization_name: check.line("organization_name", &form.organization_name, 1..=120),
        name: check.line("name", &form.name, 1..=120),
        email: check.email("email", &form.email),
        locale: check.one_of("locale", &form.locale, LOCALES),
        password: form.password,
    };
    password::check(&mut check, "password", &form.password, &form.email);
    check.finish()?;
    Ok(form)
}
