//! Passkeys are added and sign in, alone or after the password; operators have them too.

use chrono::TimeDelta;
use domain::{
    Error,
    accounts::{self, Entry},
    platform::{self, Operator},
};

use super::{PASSWORD, add, does_not_fit, log_in, logged, passkeys};
use crate::{
    authenticator::Device,
    mails::{mails_to, newest_text, sign_up},
    platform::operator,
    sign_in::{secure, ticket},
    support::{assert_not_found, browser, invalid_fields, own_services, services},
};

#[tokio::test]
async fn a_passkey_is_added_and_signs_in_without_the_password() {
    let (services, clock) = own_services().await;
    let (somebody, session) = sign_up(&services).await;
    let email = &somebody.me.email;
    let elsewhere = accounts::log_in(&services, email, PASSWORD, &browser()).await.unwrap().token;
    let begin = async |name, password| accounts::begin_passkey(&services, &somebody, name, password).await;
    assert_eq!(invalid_fields(begin("Laptop", "a wrong password").await), ["password"]);
    assert_eq!(invalid_fields(begin(" ", PASSWORD).await), ["name"]);

    let mut laptop = Device::new();
    let codes = add(&services, &somebody, &mut laptop, " Laptop ").await;
    assert_eq!(codes.len(), 10, "codes for when it is lost");
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_some());
    assert!(accounts::authenticate(&services, &elsewhere).await.unwrap().is_none(), "other sessions end");
    assert!(newest_text(&services, email, "passkey_added").await.contains("Laptop"));
    let security = accounts::security(&services, somebody.me.user_id).await.unwrap();
    assert!(security.has_second_factor && !security.has_app && security.recovery_codes == 10);
    assert_eq!((security.passkeys[0].name.as_str(), security.passkeys[0].last_used_at), ("Laptop", None));

    clock.advance(TimeDelta::hours(1));
    let signed_in = log_in(&services, &mut laptop).await.unwrap();
    assert_eq!(signed_in.me.user_id, somebody.me.user_id);
    assert!(accounts::authenticate(&services, &signed_in.token).await.unwrap().is_some());
    assert_eq!(passkeys(&services, &somebody).await[0].last_used_at, Some(services.db.now()));
    let alone = accounts::log_in(&services, email, PASSWORD, &browser()).await;
    assert!(matches!(alone, Err(Error::Refused(_))), "the password alone is not enough: {alone:?}");

    // The laptop has one; another device takes a second.
    let options = begin("Laptop again", PASSWORD).await.unwrap();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| laptop.create(&options))).is_err());
    let mut phone = Device::new();
    assert!(add(&services, &somebody, &mut phone, "Phone").await.is_empty(), "the codes stay");
    let names: Vec<_> = passkeys(&services, &somebody).await.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["Laptop", "Phone"]);
    log_in(&services, &mut phone).await.unwrap();
    log_in(&services, &mut laptop).await.unwrap();
    let log: Vec<_> = logged(&services, &somebody).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(log, ["user.passkey_added", "user.passkey_added"]);
}

#[tokio::test]
async fn who_was_locked_or_suspended_stays_out() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (somebody, _) = sign_up(&services).await;
    let mut device = Device::new();
    add(&services, &somebody, &mut device, "Laptop").await;
    let (user, organization) = (somebody.me.user_id, somebody.me.organization.id);
    platform::lock_user(&services, &admin.operator, user, "stolen").await.unwrap();
    does_not_fit(log_in(&services, &mut device).await);
    platform::unlock_user(&services, &admin.operator, user).await.unwrap();
    log_in(&services, &mut device).await.unwrap();
    platform::suspend_organization(&services, &admin.operator, organization, "unpaid").await.unwrap();
    let refused = log_in(&services, &mut device).await;
    assert!(matches!(refused, Err(Error::Suspended(_))), "{refused:?}");
}

#[tokio::test]
async fn after_the_password_a_passkey_stands_beside_the_app() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let email = &somebody.me.email;
    let (mut device, mut others) = (Device::new(), Device::new());
    let codes = add(&services, &somebody, &mut device, "Laptop").await;
    add(&services, &other, &mut others, "Laptop").await;
    let step = async |ticket: &str, device: &mut Device| {
        let question = accounts::ask_passkey(&services).await.unwrap();
        let answer = device.get(&question.options);
        let entry = accounts::passkey_second_step(&services, ticket, &question.token, &answer, &browser()).await;
        entry.and_then(Entry::signed_in)
    };
    let code = async |ticket: &str, code: &str| accounts::second_step(&services, ticket, code, &browser()).await;
    let ways = async |ticket: &str| accounts::second_step_ways(&services, ticket).await.unwrap();

    let first = ticket(&services, email).await;
    assert!(ways(&first).await.passkey && !ways(&first).await.app);
    does_not_fit(step(&first, &mut others).await);
    assert!(matches!(step("nonsense", &mut device).await, Err(Error::Unauthenticated)));
    assert_eq!(invalid_fields(code(&first, "000000").await), ["code"]);
    assert_eq!(step(&first, &mut device).await.unwrap().me.user_id, somebody.me.user_id);
    code(&first, &codes[0]).await.expect("a recovery code");
    assert_eq!(invalid_fields(code(&first, &codes[0]).await), ["code"]);

    // The app comes beside it, with codes of its own.
    let (app, new_codes) = secure(&services, &somebody, &clock).await;
    let second = ticket(&services, email).await;
    assert!(ways(&second).await.passkey && ways(&second).await.app);
    code(&second, &app.code(&services)).await.unwrap();
    step(&second, &mut device).await.unwrap();
    assert_eq!(invalid_fields(code(&second, &codes[1]).await), ["code"]);

    // It goes, and the passkey stays with the codes.
    accounts::remove_second_factor(&services, &somebody, PASSWORD).await.unwrap();
    newest_text(&services, email, "app_removed").await;
    let third = ticket(&services, email).await;
    clock.advance(TimeDelta::seconds(30));
    assert_eq!(invalid_fields(code(&third, &app.code(&services)).await), ["code"]);
    code(&third, &new_codes[0]).await.unwrap();

    // And the other way round.
    let (app, _) = secure(&services, &somebody, &clock).await;
    let id = passkeys(&services, &somebody).await[0].id;
    accounts::remove_passkey(&services, &somebody, id, PASSWORD).await.unwrap();
    assert!(newest_text(&services, email, "passkey_removed").await.contains("Laptop"));
    let fourth = ticket(&services, email).await;
    does_not_fit(step(&fourth, &mut device).await);
    code(&fourth, &app.code(&services)).await.unwrap();
    assert_eq!(accounts::security(&services, somebody.me.user_id).await.unwrap().recovery_codes, 10);
}

#[tokio::test]
async fn operators_may_have_a_passkey_and_reset_those_of_others() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (somebody, session) = sign_up(&services).await;
    let (user, email) = (somebody.me.user_id, &somebody.me.email);
    sqlx::query("update users set is_platform_admin = true where id = $1")
        .bind(user.0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    let somebody = accounts::authenticate(&services, &session).await.unwrap().unwrap();
    let gate = async || Operator::of(&services, &somebody, browser()).await;
    assert!(matches!(gate().await, Err(Error::SecondFactorNeeded)));
    let mut device = Device::new();
    add(&services, &somebody, &mut device, "Laptop").await;
    gate().await.expect("an operator");
    assert!(platform::user(&services, &admin.operator, user).await.unwrap().row.has_second_factor);

    let mails = mails_to(&services, email).await.len();
    platform::reset_second_factor(&services, &admin.operator, user).await.unwrap();
    assert!(matches!(gate().await, Err(Error::SecondFactorNeeded)));
    assert!(passkeys(&services, &somebody).await.is_empty());
    assert_eq!(mails_to(&services, email).await.len(), mails + 1, "the person is told");
    does_not_fit(log_in(&services, &mut device).await);
    accounts::log_in(&services, email, PASSWORD, &browser()).await.expect("the password is enough");
    assert_not_found(platform::reset_second_factor(&services, &admin.operator, user).await);
}
