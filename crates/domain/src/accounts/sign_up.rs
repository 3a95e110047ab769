use types::{organization::SignUp, platform::FeatureFlag};

use super::{ClientInfo, Entry, attempts, find_user, found, log_in, password};
use crate::{
    Error, Result, Services, platform,
    validate::{Check, LOCALES},
};

/// Founds an organization with its owner and signs the owner in: everything that a first answer needs exists
/// afterwards (an agent that quotes the organization's knowledge, on a widget channel).
///
/// An address that a user has already is served with that user's password only, and as at sign-in. So the form sent twice
/// makes one organization. A wrong password counts as a failed sign-in and gets that answer, or that of strangers while
/// sign-up is closed; see `docs/decisions.md`.
///
/// # Errors
/// [`Error::Validation`] with all fields that break a rule; [`Error::InvalidCredentials`] and [`Error::Suspended`] as at
/// sign-in; [`Error::Refused`] for strangers while the operator keeps sign-up closed.
pub async fn sign_up(services: &Services, form: SignUp, client: &ClientInfo) -> Result<Entry> {
    let form = check(form)?;
    let is_open = is_open(services).await?;
    attempts::count(services, &form.email).await?;
    let mut user = find_user(services, &form.email).await?;
    if user.is_none() && is_open {
        let hash = password::hash(&form.password).await?;
        if let Some(signed_in) = found::found(services, &form, &hash, client).await? {
            attempts::forgive(services, &form.email).await?;
            return Ok(Entry::SignedIn(Box::new(signed_in)));
        }
        // Somebody was quicker with the same address, most likely this form sent twice.
        user = find_user(services, &form.email).await?;
    }
    let user = match log_in::check_password(user, &form.password).await {
        // Neither the answer nor the work before it tells strangers who has an account.
        Err(Error::InvalidCredentials) if !is_open => return Err(CLOSED),
        checked => checked?,
    };
    attempts::forgive(services, &form.email).await?;
    log_in::after_password(services, user, client).await
}

/// Whether strangers may found organizations.
pub(super) async fn is_open(services: &Services) -> Result<bool> {
    let mut connection = services.db.system().pool().acquire().await?;
    platform::is_on(&mut connection, FeatureFlag::SignUp, None).await
}

/// What strangers are told while the operator keeps sign-up closed.
pub(super) const CLOSED: Error =
    Error::Refused("sign-up is closed: ask the operator of this service for an invitation");

/// The form as it is stored.
fn check(form: SignUp) -> Result<SignUp> {
    let mut check = Check::default();
    let form = SignUp {
        organization_name: check.name("organization_name", &form.organization_name),
        name: check.name("name", &form.name),
        email: check.email("email", &form.email),
        locale: check.one_of("locale", &form.locale, LOCALES),
        password: form.password,
    };
    password::check(&mut check, "password", &form.password, &form.email);
    check.finish()?;
    Ok(form)
}
