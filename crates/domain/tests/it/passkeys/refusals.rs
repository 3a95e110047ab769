//! What passkeys refuse: late and foreign answers, copied keys, hosts without a name, too many of them.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{
    Error, Services, Settings,
    accounts::{self, Authenticated},
};
use types::id::PasskeyId;

use super::{PASSWORD, add, does_not_fit, log_in, logged, passkeys};
use crate::{
    authenticator::Device,
    mails::{newest_text, sign_up},
    sign_in::{RESET, overtaken, ticket},
    support::{assert_not_found, browser, invalid_fields, own_services, services},
};

/// Another scheme, another host, and nobody made sure of.
const BAD: [(&str, bool); 3] =
    [("https://biseda.test", true), ("http://evil.test", true), ("http://biseda.test", false)];

#[tokio::test]
async fn a_question_is_answered_once_in_time_and_from_our_origin() {
    let (services, clock) = own_services().await;
    let (somebody, _) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let mut device = Device::new();

    // Adding.
    let finish = async |who: &Authenticated, answer: &str| accounts::finish_passkey(&services, who, answer).await;
    let begin = async || accounts::begin_passkey(&services, &somebody, "Laptop", PASSWORD).await.unwrap();
    let answer = device.create(&begin().await);
    finish(&somebody, &answer).await.unwrap();
    does_not_fit(finish(&somebody, &answer).await);
    let answer = Device::new().create(&begin().await);
    does_not_fit(finish(&other, &answer).await);
    does_not_fit(finish(&somebody, "{}").await);
    does_not_fit(finish(&somebody, &answer).await);
    for (origin, verifies) in BAD {
        let mut bad = Device { origin: origin.into(), verifies, ..Device::new() };
        does_not_fit(finish(&somebody, &bad.create(&begin().await)).await);
    }
    let (earlier, _later) = (begin().await, begin().await);
    does_not_fit(finish(&somebody, &Device::new().create(&earlier)).await);
    let late = Device::new().create(&begin().await);
    clock.advance(TimeDelta::seconds(301));
    does_not_fit(finish(&somebody, &late).await);
    assert_eq!(passkeys(&services, &somebody).await.len(), 1, "only the first was added");

    // Signing in.
    let log_in = async |token: &str, answer: &str| accounts::passkey_log_in(&services, token, answer, &browser()).await;
    let question = accounts::ask_passkey(&services).await.unwrap();
    let answer = device.get(&question.options);
    let (one, two) = tokio::join!(log_in(&question.token, &answer), log_in(&question.token, &answer));
    assert!(one.is_ok() != two.is_ok(), "one answer: {one:?} {two:?}");
    does_not_fit(log_in(&question.token, &answer).await);
    let question = accounts::ask_passkey(&services).await.unwrap();
    does_not_fit(log_in(&question.token, &answer).await);
    does_not_fit(log_in(&question.token, &device.get(&question.options)).await);
    does_not_fit(log_in("nonsense", &answer).await);
    let question = accounts::ask_passkey(&services).await.unwrap();
    let answer = device.get(&question.options);
    clock.advance(TimeDelta::seconds(301));
    does_not_fit(log_in(&question.token, &answer).await);
    accounts::sweep(&services).await.unwrap();

    for (origin, verifies) in BAD {
        device.origin = origin.into();
        device.verifies = verifies;
        let question = accounts::ask_passkey(&services).await.unwrap();
        does_not_fit(log_in(&question.token, &device.get(&question.options)).await);
    }
}

#[tokio::test]
async fn nobody_signs_in_with_what_is_not_theirs_or_is_gone() {
    let (services, _) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let (mut device, mut others) = (Device::new(), Device::new());
    add(&services, &somebody, &mut device, "Laptop").await;
    add(&services, &other, &mut others, "Laptop").await;

    // The signature is right, but the passkey is another person's.
    let question = accounts::ask_passkey(&services).await.unwrap();
    let mut answer: serde_json::Value = serde_json::from_str(&device.get(&question.options)).unwrap();
    let theirs: serde_json::Value = serde_json::from_str(&others.get(&question.options)).unwrap();
    answer["response"]["userHandle"] = theirs["response"]["userHandle"].clone();
    does_not_fit(accounts::passkey_log_in(&services, &question.token, &answer.to_string(), &browser()).await);
    // The passkey is the right one, but another key signed.
    let question = accounts::ask_passkey(&services).await.unwrap();
    let mut answer: serde_json::Value = serde_json::from_str(&device.get(&question.options)).unwrap();
    let theirs: serde_json::Value = serde_json::from_str(&others.get(&question.options)).unwrap();
    answer["response"]["signature"] = theirs["response"]["signature"].clone();
    does_not_fit(accounts::passkey_log_in(&services, &question.token, &answer.to_string(), &browser()).await);

    let id = passkeys(&services, &somebody).await[0].id;
    assert_not_found(accounts::rename_passkey(&services, &other, id, "Mine").await);
    assert_not_found(accounts::remove_passkey(&services, &other, id, PASSWORD).await);
    assert_not_found(accounts::remove_passkey(&services, &somebody, PasskeyId(services.db.new_id()), PASSWORD).await);
    assert_eq!(invalid_fields(accounts::rename_passkey(&services, &somebody, id, "").await), ["name"]);
    accounts::rename_passkey(&services, &somebody, id, "Work").await.unwrap();
    assert_eq!(
        invalid_fields(accounts::remove_passkey(&services, &somebody, id, "a wrong password").await),
        ["password"]
    );
    log_in(&services, &mut device).await.unwrap();
    let elsewhere = log_in(&services, &mut device).await.unwrap().token;
    accounts::remove_passkey(&services, &somebody, id, PASSWORD).await.unwrap();
    assert!(accounts::authenticate(&services, &elsewhere).await.unwrap().is_none(), "other sessions end");
    does_not_fit(log_in(&services, &mut device).await);
    log_in(&services, &mut others).await.unwrap();
    assert!(newest_text(&services, &somebody.me.email, "two_factor_off").await.contains("/reset"), "it was the last");
    let security = accounts::security(&services, somebody.me.user_id).await.unwrap();
    assert!(!security.has_second_factor && security.recovery_codes == 0);
    accounts::log_in(&services, &somebody.me.email, PASSWORD, &browser()).await.expect("the password is enough");
    let name = |name| Some(serde_json::json!({"name": name}));
    assert_eq!(
        logged(&services, &somebody).await,
        [
            ("user.passkey_added".to_owned(), name("Laptop")),
            ("user.passkey_renamed".to_owned(), name("Work")),
            ("user.passkey_removed".to_owned(), name("Work")),
        ]
    );

    // With the person go the passkeys.
    sqlx::query("delete from users where id = $1")
        .bind(other.me.user_id.0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    does_not_fit(log_in(&services, &mut others).await);
}

#[tokio::test]
async fn a_copied_key_is_refused_and_guessing_is_stopped() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let mut device = Device { counter: 5, ..Device::new() };
    add(&services, &somebody, &mut device, "Stick").await;
    log_in(&services, &mut device).await.unwrap();
    let before = device.counter;
    log_in(&services, &mut device).await.unwrap();
    device.counter = before;
    does_not_fit(log_in(&services, &mut device).await);
    assert!(newest_text(&services, &somebody.me.email, "passkey_copied").await.contains("Stick"));
    assert_eq!(logged(&services, &somebody).await.last().unwrap().0, "user.passkey_refused");
    log_in(&services, &mut device).await.unwrap();

    device.origin = "http://evil.test".into();
    for _ in 0..5 {
        does_not_fit(log_in(&services, &mut device).await);
    }
    device.origin = Device::new().origin;
    let locked = log_in(&services, &mut device).await;
    assert!(matches!(locked, Err(Error::InvalidCredentials)), "{locked:?}");
    clock.advance(TimeDelta::seconds(31));
    log_in(&services, &mut device).await.unwrap();
}

#[tokio::test]
async fn passkeys_are_bound_to_a_name_and_are_not_without_number() {
    let (services, _) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let at = |url: &str| {
        let settings = Settings { public_url: url.into(), ..(*services.settings).clone() };
        Services { settings: Arc::new(settings), ..services.clone() }
    };
    let refused = accounts::ask_passkey(&at("http://127.0.0.1:3000")).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let port = at("http://localhost:3000");
    let mut device = Device { origin: "http://localhost:3000".into(), ..Device::new() };
    add(&port, &somebody, &mut device, "At home").await;
    log_in(&port, &mut device).await.unwrap();
    device.origin = "http://localhost:3001".into();
    does_not_fit(log_in(&port, &mut device).await);

    for number in 1..20 {
        add(&services, &somebody, &mut Device::new(), &format!("Number {number}")).await;
    }
    let refused = accounts::begin_passkey(&services, &somebody, "One too many", PASSWORD).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_change_under_way_does_not_outlive_a_new_password() {
    let (services, _) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let user = somebody.me.user_id;
    let options = accounts::begin_passkey(&services, &somebody, "Laptop", PASSWORD).await.unwrap();
    let answer = Device::new().create(&options);
    let adding = accounts::finish_passkey(&services, &somebody, &answer);
    let added = overtaken(&services, user, RESET, adding).await;
    assert!(matches!(added, Err(Error::Unauthenticated)), "{added:?}");
    assert!(passkeys(&services, &somebody).await.is_empty());

    let (somebody, _) = sign_up(&services).await;
    let (user, mut device, browser) = (somebody.me.user_id, Device::new(), browser());
    add(&services, &somebody, &mut device, "Laptop").await;
    let ticket = ticket(&services, &somebody.me.email).await;
    let question = accounts::ask_passkey(&services).await.unwrap();
    let answer = device.get(&question.options);
    let entering = accounts::passkey_second_step(&services, &ticket, &question.token, &answer, &browser);
    let entered = overtaken(&services, user, RESET, entering).await;
    assert!(matches!(entered, Err(Error::InvalidCredentials)), "{entered:?}");

    let (somebody, _) = sign_up(&services).await;
    let user = somebody.me.user_id;
    add(&services, &somebody, &mut Device::new(), "Laptop").await;
    let id = passkeys(&services, &somebody).await[0].id;
    let removed = overtaken(&services, user, RESET, accounts::remove_passkey(&services, &somebody, id, PASSWORD)).await;
    assert!(matches!(removed, Err(Error::Unauthenticated)), "{removed:?}");
    assert_eq!(passkeys(&services, &somebody).await.len(), 1, "it is asked for as before");
}
