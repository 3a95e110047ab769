//! Passkeys: added, used alone and after the password, refused, taken away.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{
    Error, Services, Settings,
    accounts::{self, Authenticated, SignedIn},
    platform::{self, Operator},
};
use types::{id::PasskeyId, user::Passkey};

use crate::{
    authenticator::Device,
    mails::{mails_to, newest_text, sign_up},
    platform::operator,
    sign_in::{secure, ticket},
    support::{assert_not_found, browser, invalid_fields, own_services, seal, services},
};

const PASSWORD: &str = "correct horse battery";

/// Another scheme, another host, and nobody made sure of.
const BAD: [(&str, bool); 3] =
    [("https://biseda.test", true), ("http://evil.test", true), ("http://biseda.test", false)];

/// Adds a passkey, and gives the recovery codes that came with it.
async fn add(services: &Services, somebody: &Authenticated, device: &mut Device, name: &str) -> Vec<String> {
    let options = accounts::begin_passkey(services, somebody, name, PASSWORD).await.unwrap();
    accounts::finish_passkey(services, somebody, &device.create(&options)).await.unwrap()
}

async fn log_in(services: &Services, device: &mut Device) -> domain::Result<SignedIn> {
    let question = accounts::ask_passkey(services).await.unwrap();
    accounts::passkey_log_in(services, &question.token, &device.get(&question.options), &browser()).await
}

async fn passkeys(services: &Services, somebody: &Authenticated) -> Vec<Passkey> {
    accounts::security(services, somebody.me.user_id).await.unwrap().passkeys
}

/// What the log says of passkeys, the oldest first.
async fn logged(services: &Services, somebody: &Authenticated) -> Vec<(String, Option<serde_json::Value>)> {
    seal(services).await;
    let mut cx = services.db.begin(somebody.me.organization.id, somebody.actor()).await.unwrap();
    sqlx::query_as(
        "select action, coalesce(after, before) from audit_logs
         where organization_id = $1 and action like 'user.passkey%' order by seq",
    )
    .bind(somebody.me.organization.id.0)
    .fetch_all(cx.conn())
    .await
    .unwrap()
}

fn does_not_fit<T: std::fmt::Debug>(result: domain::Result<T>) {
    assert_eq!(invalid_fields(result), ["passkey"]);
}

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
        accounts::passkey_second_step(&services, ticket, &question.token, &answer, &browser()).await
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

/// Runs in a thread of its own, as the cases come one after the other without an end of the test's own.
#[test]
fn answers_of_devices_take_hostile_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (services, clock) = runtime.block_on(own_services());
    let (somebody, mut device) = runtime.block_on(async {
        let (somebody, _) = sign_up(&services).await;
        let mut device = Device::new();
        add(&services, &somebody, &mut device, "Laptop").await;
        (somebody, device)
    });
    // What was signed in an answer cannot be known before: the marks stand for it.
    let example = |answer: &str| {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let mut parts = vec![answer["id"].as_str().unwrap().to_owned()];
        parts.extend(
            answer["response"].as_object().unwrap().values().filter_map(|part| part.as_str().map(str::to_owned)),
        );
        let text = parts
            .iter()
            .enumerate()
            .fold(answer.to_string(), |text, (at, part)| text.replace(part, &format!("<{at}>")));
        (text, parts)
    };
    let fill = |text: &str, parts: &[String]| {
        parts.iter().enumerate().fold(text.to_owned(), |text, (at, part)| text.replace(&format!("<{at}>"), part))
    };
    let words = [
        "<0>",
        "<1>",
        "<2>",
        "<3>",
        "<4>",
        "null",
        "\"\"",
        "{}",
        "[[",
        "AAAA",
        "=",
        "\"public-key\"",
        "\"cross-platform\"",
        "\"credProps\":{\"rk\":true}",
        "\"prf\":{\"enabled\":true}",
        "\"largeBlob\":{}",
        "\\u0000",
        "1e999",
    ];
    let question = runtime.block_on(accounts::ask_passkey(&services)).unwrap();
    let (get, _) = example(&device.get(&question.options));
    fuzz::few_text(60, &[&get], &words, |text| {
        // Nobody is locked out for the answers of the cases before.
        clock.advance(TimeDelta::days(2));
        let question = runtime.block_on(accounts::ask_passkey(&services)).unwrap();
        let (_, parts) = example(&device.get(&question.options));
        let answer = fill(text, &parts);
        match runtime.block_on(accounts::passkey_log_in(&services, &question.token, &answer, &browser())) {
            // Words beside what was signed may be others.
            Ok(signed_in) => assert_eq!(signed_in.me.user_id, somebody.me.user_id),
            refused => does_not_fit(refused),
        }
        // And none is good again.
        does_not_fit(runtime.block_on(accounts::passkey_log_in(&services, &question.token, &answer, &browser())));
    });
    // Adding, by another person.
    let (adding, _) = runtime.block_on(sign_up(&services));
    let begin = || runtime.block_on(accounts::begin_passkey(&services, &adding, "Key", PASSWORD)).unwrap();
    let (create, _) = example(&Device::new().create(&begin()));
    fuzz::few_text(20, &[&create], &words, |text| {
        let (_, parts) = example(&Device::new().create(&begin()));
        let finish = || runtime.block_on(accounts::finish_passkey(&services, &adding, &fill(text, &parts)));
        let is_added = match finish() {
            Ok(_) => true,
            refused => {
                does_not_fit(refused);
                false
            }
        };
        does_not_fit(finish());
        let kept = runtime.block_on(passkeys(&services, &adding));
        assert_eq!(kept.len(), usize::from(is_added), "{text}");
        for one in kept {
            runtime.block_on(accounts::remove_passkey(&services, &adding, one.id, PASSWORD)).unwrap();
        }
    });
}
