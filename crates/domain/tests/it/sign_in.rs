//! Getting back in by mail, confirming addresses, and the second step of signing in.

use std::time::Duration;

use chrono::TimeDelta;
use db::testing::ManualClock;
use domain::{
    Error, Services,
    accounts::{self, Authenticated, Entry},
    jobs::{self, Job},
};
use totp_rs::{Algorithm, Secret, TOTP};
use types::id::UserId;

use crate::{
    mails::{mails_to, newest_text, sign_up, token_of},
    support::{assert_not_found, browser, invalid_fields, own_services, services, until_waiting},
};

const PASSWORD: &str = "correct horse battery";

/// Lets the job do what was asked for.
async fn ask_for_reset(services: &Services, email: &str) {
    accounts::request_password_reset(services, email).await.unwrap();
    jobs::run(services, Job::ResetPassword { email: email.into() }).await.unwrap();
}

/// What comes of something that has begun before a change of the person is there, and ends after: it waits for the person's
/// row, which the change holds.
pub async fn overtaken<T>(services: &Services, user: UserId, change: &str, under_way: impl Future<Output = T>) -> T {
    let mut tx = services.db.system().begin().await.unwrap();
    let hold = sqlx::query_scalar("select pg_backend_pid() from users where id = $1 for no key update").bind(user.0);
    let changing: i32 = hold.fetch_one(&mut *tx).await.unwrap();
    let committing = async {
        let waits = "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))";
        let pool = services.db.system();
        while !sqlx::query_scalar::<_, bool>(waits).bind(changing).fetch_one(pool.pool()).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sqlx::query(change).bind(user.0).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(under_way, committing);
    outcome
}

/// What a reset of the password does to a person's row and sessions.
pub const RESET: &str = "with other as (update users set password_hash = password_hash || ' ' where id = $1)
                         delete from sessions where user_id = $1";

async fn sessions_of(services: &Services, user: UserId) -> i64 {
    let count = sqlx::query_scalar("select count(*) from sessions where user_id = $1");
    count.bind(user.0).fetch_one(services.db.system().pool()).await.unwrap()
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_outlive_that_its_password_is_enough() {
    let (services, _) = services().await;
    for change in [
        "update users set password_hash = password_hash || ' ' where id = $1",
        "update users set two_factor_secret = 'x' where id = $1",
        "insert into passkeys (id, user_id, credential_id, name, public_key, state, transports, created_at)
         values (gen_random_uuid(), $1, decode(md5($1::text), 'hex'), 'Laptop', '', decode(repeat('00', 7), 'hex'), 0, now())",
    ] {
        let (somebody, _) = sign_up(&services).await;
        let (user, browser) = (somebody.me.user_id, browser());
        let entering = accounts::log_in(&services, &somebody.me.email, PASSWORD, &browser);
        let entered = overtaken(&services, user, change, entering).await;
        assert!(matches!(entered, Err(Error::InvalidCredentials)), "{change}: {entered:?}");
        assert_eq!(sessions_of(&services, user).await, 1, "that of the sign-up");
    }
}

#[tokio::test]
async fn a_change_under_way_does_not_outlive_a_new_password() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let user = somebody.me.user_id;
    let changing = accounts::change_password(&services, &somebody, PASSWORD, "a thief's password");
    let changed = overtaken(&services, user, RESET, changing).await;
    assert!(matches!(changed, Err(Error::InvalidCredentials)), "{changed:?}");
    let reset: bool = sqlx::query_scalar("select password_hash like '% ' from users where id = $1")
        .bind(user.0)
        .fetch_one(services.db.system().pool())
        .await
        .unwrap();
    assert!(reset, "the password of the reset stays");

    let (somebody, _) = sign_up(&services).await;
    let user = somebody.me.user_id;
    accounts::begin_second_factor(&services, &somebody, PASSWORD).await.unwrap();
    let (app, _) = pending(&services, &somebody).await;
    let code = app.code(&services);
    let confirmed =
        overtaken(&services, user, RESET, accounts::confirm_second_factor(&services, &somebody, &code)).await;
    assert!(matches!(confirmed, Err(Error::Unauthenticated)), "{confirmed:?}");
    assert!(!accounts::security(&services, user).await.unwrap().has_second_factor);

    let (somebody, _) = sign_up(&services).await;
    let user = somebody.me.user_id;
    let (app, _) = secure(&services, &somebody, &clock).await;
    let ticket = ticket(&services, &somebody.me.email).await;
    let (code, browser) = (app.code(&services), browser());
    let entered = overtaken(&services, user, RESET, accounts::second_step(&services, &ticket, &code, &browser)).await;
    assert!(matches!(entered, Err(Error::InvalidCredentials)), "{entered:?}");
    assert_eq!(sessions_of(&services, user).await, 0);

    let (somebody, _) = sign_up(&services).await;
    let user = somebody.me.user_id;
    secure(&services, &somebody, &clock).await;
    let removed =
        overtaken(&services, user, RESET, accounts::remove_second_factor(&services, &somebody, PASSWORD)).await;
    assert!(matches!(removed, Err(Error::Unauthenticated)), "{removed:?}");
    assert!(accounts::security(&services, user).await.unwrap().has_second_factor, "it is asked for as before");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once_and_ends_every_session() {
    let (services, clock) = services().await;
    let (somebody, session) = sign_up(&services).await;
    let (_, other_session) = sign_up(&services).await;
    let email = &somebody.me.email;
    ask_for_reset(&services, &email.to_uppercase()).await;
    let token = token_of(&newest_text(&services, email, "password_reset").await);
    clock.advance(TimeDelta::minutes(1));
    ask_for_reset(&services, email).await;
    let second_link = token_of(&newest_text(&services, email, "password_reset").await);
    for token in [&token, &second_link] {
        accounts::check_reset_link(&services, token).await.unwrap();
    }
    assert_not_found(accounts::check_reset_link(&services, &token.to_lowercase()).await);

    let reset = |password: &'static str| {
        let (token, browser, services) = (token.clone(), browser(), &services);
        async move { accounts::reset_password(services, &token, password, &browser).await }
    };
    assert_eq!(invalid_fields(reset("short").await), ["password"]);
    let (first, second) = tokio::join!(reset("a new password"), reset("another new password"));
    assert!(first.is_ok() != second.is_ok(), "one link, one password: {first:?} {second:?}");
    assert_not_found(reset("a third password").await);
    assert_not_found(accounts::check_reset_link(&services, &second_link).await);
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_none());
    assert!(accounts::authenticate(&services, &other_session).await.unwrap().is_some(), "nobody else is signed out");
    accounts::log_in(&services, email, PASSWORD, &browser()).await.expect_err("the old password is gone");
    let new = if first.is_ok() { "a new password" } else { "another new password" };
    let back = accounts::log_in(&services, email, new, &browser()).await.unwrap();
    assert!(accounts::security(&services, back.me.user_id).await.unwrap().email_is_verified);
    assert!(newest_text(&services, email, "password_changed").await.contains("/reset"), "a mail tells of the change");

    clock.advance(TimeDelta::minutes(1));
    ask_for_reset(&services, email).await;
    let late = token_of(&newest_text(&services, email, "password_reset").await);
    clock.advance(TimeDelta::minutes(61));
    assert_not_found(accounts::reset_password(&services, &late, "a late password", &browser()).await);
}

#[tokio::test]
async fn of_two_links_that_are_used_at_once_one_counts() {
    let (services, clock) = own_services().await;
    let (somebody, _) = sign_up(&services).await;
    let email = &somebody.me.email;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        clock.advance(TimeDelta::minutes(1));
        ask_for_reset(&services, email).await;
        tokens.push(token_of(&newest_text(&services, email, "password_reset").await));
    }
    let mut holder = services.db.system().begin().await.unwrap();
    sqlx::query("select from users where id = $1 for update")
        .bind(somebody.me.user_id.0)
        .execute(&mut *holder)
        .await
        .unwrap();
    let browser = browser();
    let reset = |link: usize| accounts::reset_password(&services, &tokens[link], "a new password", &browser);
    let release = async {
        until_waiting(&services, 2).await;
        holder.commit().await.unwrap();
    };
    let (first, second, ()) = tokio::join!(reset(0), reset(1), release);
    let ends = [first.is_ok(), second.is_ok()];
    assert!(ends == [true, false] || ends == [false, true], "{first:?} {second:?}");
    assert_not_found(if first.is_ok() { second } else { first });
}

#[tokio::test]
async fn asking_for_a_link_tells_nothing_and_floods_nobody() {
    let (services, _) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let unknown = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    ask_for_reset(&services, &unknown).await;
    assert!(mails_to(&services, &unknown).await.is_empty());
    assert_eq!(invalid_fields(accounts::request_password_reset(&services, "nobody").await), ["email"]);
    let email = &somebody.me.email;
    let before = mails_to(&services, email).await.len();
    for _ in 0..6 {
        ask_for_reset(&services, email).await;
    }
    assert_eq!(mails_to(&services, email).await.len(), before + 3);
}

#[tokio::test]
async fn an_address_is_confirmed_once_by_its_own_link() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let (user, email) = (somebody.me.user_id, &somebody.me.email);
    let first = token_of(&newest_text(&services, email, "verification").await);
    assert!(!accounts::security(&services, user).await.unwrap().email_is_verified);
    assert_not_found(accounts::verify_email(&services, &somebody, "nonsense").await);
    clock.advance(TimeDelta::days(4));
    assert_not_found(accounts::verify_email(&services, &somebody, &first).await);
    accounts::request_verification(&services, &somebody).await.unwrap();
    let second = token_of(&newest_text(&services, email, "verification").await);
    // Whoever has the address confirms it for nobody else, who may have signed up with it.
    let (other, _) = sign_up(&services).await;
    assert_not_found(accounts::verify_email(&services, &other, &second).await);
    for person in [user, other.me.user_id] {
        assert!(!accounts::security(&services, person).await.unwrap().email_is_verified);
    }
    accounts::verify_email(&services, &somebody, &second).await.unwrap();
    assert!(accounts::security(&services, user).await.unwrap().email_is_verified);
    assert_not_found(accounts::verify_email(&services, &somebody, &second).await);
    for _ in 0..5 {
        accounts::request_verification(&services, &somebody).await.unwrap();
    }
    let flood = accounts::request_verification(&services, &somebody).await;
    assert!(matches!(flood, Err(Error::RateLimited { .. })), "{flood:?}");
}

/// An authenticator app.
pub struct App(TOTP);

impl App {
    pub fn code(&self, services: &Services) -> String {
        self.0.generate(services.db.now().timestamp().unsigned_abs())
    }
}

/// The app and the recovery codes of a second factor that waits for its first code.
async fn pending(services: &Services, somebody: &Authenticated) -> (App, Vec<String>) {
    let (setup, codes) = accounts::pending_second_factor(services, somebody).await.unwrap().unwrap();
    let secret = Secret::Encoded(setup.secret).to_bytes().unwrap();
    (App(TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, None, String::new()).unwrap()), codes)
}

/// Sets a second factor up, and gives the app and the recovery codes.
pub async fn secure(services: &Services, somebody: &Authenticated, clock: &ManualClock) -> (App, Vec<String>) {
    accounts::begin_second_factor(services, somebody, PASSWORD).await.unwrap();
    let (app, codes) = pending(services, somebody).await;
    accounts::confirm_second_factor(services, somebody, &app.code(services)).await.unwrap();
    clock.advance(TimeDelta::seconds(30));
    (app, codes)
}

/// What the right password brings where a second step is left.
pub async fn ticket(services: &Services, email: &str) -> String {
    match accounts::first_step(services, email, PASSWORD, &browser()).await.unwrap() {
        Entry::SecondStep(ticket) => ticket,
        other => panic!("no second step: {other:?}"),
    }
}

#[tokio::test]
async fn signing_in_takes_a_code_and_each_code_counts_once() {
    let (services, clock) = services().await;
    let (somebody, session) = sign_up(&services).await;
    let email = &somebody.me.email;
    let elsewhere = accounts::log_in(&services, email, PASSWORD, &browser()).await.unwrap().token;
    let (app, codes) = secure(&services, &somebody, &clock).await;
    assert_eq!(codes.len(), 10);
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_some());
    assert!(accounts::authenticate(&services, &elsewhere).await.unwrap().is_none(), "other sessions end");
    assert!(accounts::pending_second_factor(&services, &somebody).await.unwrap().is_none(), "shown once");

    let refused = accounts::log_in(&services, email, PASSWORD, &browser()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let step = async |ticket: &str, code: &str| accounts::second_step(&services, ticket, code, &browser()).await;
    let first = ticket(&services, email).await;
    assert_eq!(invalid_fields(step(&first, "000 000").await), ["code"]);
    let code = app.code(&services);
    let (one, two) = tokio::join!(step(&first, &code), step(&first, &code));
    assert!(one.is_ok() != two.is_ok(), "a code counts once: {one:?} {two:?}");
    let second = ticket(&services, email).await;
    assert_eq!(invalid_fields(step(&second, &code).await), ["code"]);

    let upper = codes[0].to_uppercase();
    let (one, two) = tokio::join!(step(&second, &codes[0]), step(&second, &upper));
    assert!(one.is_ok() != two.is_ok(), "a recovery code counts once: {one:?} {two:?}");
    assert_eq!(accounts::security(&services, somebody.me.user_id).await.unwrap().recovery_codes, 9);
    assert_eq!(invalid_fields(step(&second, &codes[0]).await), ["code"]);
    // Another person's codes are nothing here.
    let (other, _) = sign_up(&services).await;
    let (_, others) = secure(&services, &other, &clock).await;
    assert_eq!(invalid_fields(step(&second, &others[0]).await), ["code"]);

    let mut forged = second.clone().into_bytes();
    forged[5] = if forged[5] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for bad in ["", "nonsense", &forged] {
        assert!(matches!(step(bad, &codes[1]).await, Err(Error::Unauthenticated)), "{bad}");
    }
    clock.advance(TimeDelta::minutes(11));
    assert!(matches!(step(&second, &codes[1]).await, Err(Error::Unauthenticated)), "the ticket has run out");
}

#[tokio::test]
async fn guessing_codes_is_stopped() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let (app, _) = secure(&services, &somebody, &clock).await;
    let ticket = ticket(&services, &somebody.me.email).await;
    for _ in 0..5 {
        accounts::second_step(&services, &ticket, "123456", &browser()).await.expect_err("wrong");
    }
    let locked = accounts::second_step(&services, &ticket, &app.code(&services), &browser()).await;
    assert!(matches!(locked, Err(Error::InvalidCredentials)), "{locked:?}");
    clock.advance(TimeDelta::seconds(31));
    accounts::second_step(&services, &ticket, &app.code(&services), &browser()).await.unwrap();
}

#[tokio::test]
async fn the_second_factor_is_not_passed_by_other_ways_in() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let email = somebody.me.email.clone();
    let (app, _) = secure(&services, &somebody, &clock).await;
    let form = types::organization::SignUp {
        organization_name: "Again".into(),
        name: "Ana".into(),
        email: email.clone(),
        password: PASSWORD.into(),
        locale: "en".into(),
    };
    let signed_up = accounts::sign_up(&services, form.clone(), &browser()).await;
    assert!(matches!(signed_up, Ok(Entry::SecondStep(_))), "as at sign-in: {signed_up:?}");
    let (lonely, _) = sign_up(&services).await;
    secure(&services, &lonely, &clock).await;
    sqlx::query("delete from user_organizations where user_id = $1")
        .bind(lonely.me.user_id.0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    let form = types::organization::SignUp { email: lonely.me.email.clone(), ..form };
    let founded = accounts::sign_up(&services, form, &browser()).await;
    assert!(matches!(founded, Ok(Entry::SecondStep(_))), "who belongs to no organization: {founded:?}");
    assert_eq!(sessions_of(&services, lonely.me.user_id).await, 1, "that of the sign-up");
    let before = ticket(&services, &email).await;
    ask_for_reset(&services, &email).await;
    let token = token_of(&newest_text(&services, &email, "password_reset").await);
    accounts::reset_password(&services, &token, "a new password", &browser()).await.unwrap();
    let old = accounts::second_step(&services, &before, &app.code(&services), &browser()).await;
    assert!(matches!(old, Err(Error::Unauthenticated)), "the old password's ticket is void: {old:?}");
    let entry = accounts::first_step(&services, &email, "a new password", &browser()).await.unwrap();
    assert!(matches!(entry, Entry::SecondStep(_)), "a new password does not take the second step away");
}

#[tokio::test]
async fn a_second_factor_is_taken_away_with_the_password_alone() {
    let (services, clock) = services().await;
    let (somebody, session) = sign_up(&services).await;
    let (app, _) = secure(&services, &somebody, &clock).await;
    let again = accounts::begin_second_factor(&services, &somebody, PASSWORD).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let first = ticket(&services, &somebody.me.email).await;
    let entry = accounts::second_step(&services, &first, &app.code(&services), &browser()).await.unwrap();
    let elsewhere = entry.signed_in().unwrap().token;
    let wrong = accounts::remove_second_factor(&services, &somebody, "a wrong password").await;
    assert_eq!(invalid_fields(wrong), ["password"]);
    accounts::remove_second_factor(&services, &somebody, PASSWORD).await.unwrap();
    assert!(accounts::authenticate(&services, &elsewhere).await.unwrap().is_none());
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_some());
    accounts::log_in(&services, &somebody.me.email, PASSWORD, &browser()).await.expect("the password is enough");
    let wrong = accounts::begin_second_factor(&services, &somebody, "a wrong password").await;
    assert_eq!(invalid_fields(wrong), ["password"]);
}

/// Who has seen the secret of a second factor must not be the one whose sign-in it later asks for.
#[tokio::test]
async fn a_second_factor_that_somebody_else_began_is_not_put_in_force() {
    let (services, _) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let email = &somebody.me.email;
    let signed_in = async |password: &str| {
        let token = accounts::log_in(&services, email, password, &browser()).await.unwrap().token;
        accounts::authenticate(&services, &token).await.unwrap().unwrap()
    };
    let is_pending =
        async |who: &Authenticated| accounts::pending_second_factor(&services, who).await.unwrap().is_some();
    let thief = signed_in(PASSWORD).await;
    accounts::begin_second_factor(&services, &thief, PASSWORD).await.unwrap();
    let (app, _) = pending(&services, &thief).await;
    assert!(!is_pending(&somebody).await, "it is shown where it was begun alone");
    assert_not_found(accounts::confirm_second_factor(&services, &somebody, &app.code(&services)).await);

    // The new password is nobody's with whom it was begun, also in the session that stays.
    accounts::begin_second_factor(&services, &somebody, PASSWORD).await.unwrap();
    assert!(is_pending(&somebody).await);
    accounts::change_password(&services, &somebody, PASSWORD, "another battery").await.unwrap();
    assert!(!is_pending(&somebody).await);

    let thief = signed_in("another battery").await;
    accounts::begin_second_factor(&services, &thief, "another battery").await.unwrap();
    ask_for_reset(&services, email).await;
    let token = token_of(&newest_text(&services, email, "password_reset").await);
    accounts::reset_password(&services, &token, PASSWORD, &browser()).await.unwrap();
    let is_kept: bool = sqlx::query_scalar("select two_factor_pending is not null from users where id = $1")
        .bind(somebody.me.user_id.0)
        .fetch_one(services.db.system().pool())
        .await
        .unwrap();
    assert!(!is_kept);
    assert!(!is_pending(&signed_in(PASSWORD).await).await);
}
