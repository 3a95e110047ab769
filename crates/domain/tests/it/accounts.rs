//! Sign-up and sign-in with a password, and what guessing meets.

use chrono::TimeDelta;
use db::Actor;
use domain::{
    Error, Services,
    accounts::{self, Entry, SignedIn},
    channels, members,
};
use types::{member::Role, organization::SignUp, user::UpdateProfile};

use crate::{
    no_organization::ticket,
    support::{browser, events, invalid_fields, passwords_hashed, services},
};

pub const PASSWORD: &str = "correct horse battery";

pub fn form() -> SignUp {
    SignUp {
        organization_name: "Bukë & Kripë".into(),
        name: "Ana Hoxha".into(),
        email: format!("ana-{}@example.com", uuid::Uuid::new_v4()),
        password: PASSWORD.into(),
        locale: "sq".into(),
    }
}

pub async fn sign_up(services: &Services, form: SignUp) -> SignedIn {
    accounts::sign_up(services, form, &browser()).await.expect("signed up").signed_in().expect("a session")
}

pub async fn log_in(services: &Services, email: &str, password: &str) -> Result<SignedIn, Error> {
    accounts::log_in(services, email, password, &browser()).await
}

#[tokio::test]
async fn a_company_signs_up_and_can_start_at_once() {
    let (services, _) = services().await;
    let form = form();
    let SignedIn { token, me } = sign_up(&services, form.clone()).await;
    assert_eq!((me.name.as_str(), me.email.as_str(), me.role), ("Ana Hoxha", form.email.as_str(), Role::Owner));
    assert_eq!((me.organization.name.as_str(), me.organization.settings.locale.as_str()), ("Bukë & Kripë", "sq"));
    assert!(me.organization.slug.starts_with("buke-kripe"), "{}", me.organization.slug);

    let signed_in = accounts::authenticate(&services, &token).await.expect("asked").expect("signed in");
    assert_eq!(signed_in.me, me);

    let mut cx = services.db.begin(me.organization.id, signed_in.actor()).await.expect("begun");
    let channels = channels::list(&mut cx).await.expect("channels");
    assert_eq!(channels.len(), 1);
    let agent: (String, String, bool, String) =
        sqlx::query_as("select name, provider, is_active, greeting from agents where organization_id = $1 and id = $2")
            .bind(me.organization.id.0)
            .bind(channels[0].agent_id.expect("an agent answers").0)
            .fetch_one(cx.conn())
            .await
            .expect("the agent");
    assert_eq!((agent.0.as_str(), agent.1.as_str(), agent.2), ("Bukë & Kripë", "extractive", true));
    assert!(agent.3.contains("Bukë & Kripë"), "{}", agent.3);
    assert!(members::any_online(&mut cx).await.expect("asked"));
    let events = events(&mut cx).await;
    for name in ["organization.created", "member.created", "agent.created", "channel.created"] {
        assert!(events.iter().any(|event| event == name), "{name} in {events:?}");
    }
    let found = channels::find_by_key(&services, &channels[0].public_key).await.expect("asked");
    assert_eq!(found, Some((me.organization.id, channels[0].id)));
}

#[tokio::test]
async fn the_form_shows_everything_that_is_wrong() {
    let (services, _) = services().await;
    let empty = SignUp {
        organization_name: " \0".into(),
        name: "x".repeat(121),
        email: "nobody".into(),
        password: "short".into(),
        locale: "xx".into(),
    };
    let fields = invalid_fields(accounts::sign_up(&services, empty, &browser()).await);
    assert_eq!(fields, ["organization_name", "name", "email", "locale", "password"]);
    let own_address = form();
    let own_address = SignUp { password: own_address.email.to_uppercase(), ..own_address };
    assert_eq!(invalid_fields(accounts::sign_up(&services, own_address, &browser()).await), ["password"]);
    let too_long = SignUp { password: "x".repeat(201), ..form() };
    assert_eq!(invalid_fields(accounts::sign_up(&services, too_long, &browser()).await), ["password"]);
}

#[tokio::test]
async fn markup_in_names_is_kept_as_text() {
    let (services, _) = services().await;
    let name = "<script>alert(1)</script>'; drop table users; --";
    let me = sign_up(&services, SignUp { organization_name: name.into(), name: name.into(), ..form() }).await.me;
    assert_eq!((me.organization.name.as_str(), me.name.as_str()), (name, name));
}

#[tokio::test]
async fn the_form_sent_twice_makes_one_organization() {
    let (services, _) = services().await;
    let (form, browser) = (form(), browser());
    let (first, second) = tokio::join!(
        accounts::sign_up(&services, form.clone(), &browser),
        accounts::sign_up(&services, form.clone(), &browser)
    );
    let [first, second] = [first, second].map(|entry| entry.and_then(Entry::signed_in).expect("a session"));
    assert_eq!(first.me, second.me);
    let third = sign_up(&services, SignUp { email: form.email.to_uppercase(), ..form.clone() }).await;
    assert_eq!(first.me, third.me);
    let thief = SignUp { password: "another password".into(), ..form };
    let refused = accounts::sign_up(&services, thief, &browser).await;
    assert!(matches!(refused, Err(Error::InvalidCredentials)), "{refused:?}");
}

#[tokio::test]
async fn two_companies_of_one_name_have_different_addresses() {
    let (services, _) = services().await;
    let first = sign_up(&services, form()).await.me;
    let second = sign_up(&services, form()).await.me;
    assert_ne!(first.organization.id, second.organization.id);
    assert_ne!(first.organization.slug, second.organization.slug);
    let actor = Actor::System;
    let mut cx = services.db.begin(second.organization.id, actor).await.expect("begun");
    let seen: i64 = sqlx::query_scalar("select count(*) from members").fetch_one(cx.conn()).await.expect("counted");
    assert_eq!(seen, 1, "the first company's member is not seen");
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answer_after_the_same_work() {
    let (services, _) = services().await;
    let known = sign_up(&services, form()).await.me.email;
    assert!(log_in(&services, &known.to_uppercase(), PASSWORD).await.is_ok());
    for email in [&known, &form().email] {
        let refused = async {
            let answer = log_in(&services, email, "a wrong password").await.expect_err("refused");
            assert_eq!(answer.to_string(), Error::InvalidCredentials.to_string());
        };
        assert_eq!(passwords_hashed(refused).await, 1, "{email}");
    }
}

#[tokio::test]
async fn an_address_is_locked_after_five_failures_for_longer_each_time() {
    let (services, clock) = services().await;
    let known = sign_up(&services, form()).await.me.email;
    let unknown = form().email;
    for _ in 0..5 {
        for email in [&known, &unknown] {
            log_in(&services, email, "a wrong password").await.expect_err("refused");
        }
    }
    log_in(&services, &known, PASSWORD).await.expect_err("locked, although the password is right");
    clock.advance(TimeDelta::seconds(31));
    for email in [&known, &unknown] {
        log_in(&services, email, "a wrong password").await.expect_err("refused");
    }
    let waiting: i64 = sqlx::query_scalar(
        "select count(*) from login_attempts where last_attempt_at = $1 and failed_attempts = 6 and locked_until = $2",
    )
    .bind(services.db.now())
    .bind(services.db.now() + TimeDelta::seconds(60))
    .fetch_one(services.db.system().pool())
    .await
    .expect("counted");
    assert_eq!(waiting, 2, "the unknown address waits as well");
    clock.advance(TimeDelta::seconds(31));
    log_in(&services, &known, PASSWORD).await.expect_err("the second wait is twice as long");
    clock.advance(TimeDelta::seconds(30));
    log_in(&services, &known, PASSWORD).await.expect("the wait is over");
    for _ in 0..4 {
        log_in(&services, &known, "a wrong password").await.expect_err("refused");
    }
    log_in(&services, &known, PASSWORD).await.expect("the success before began anew");
}

#[tokio::test]
async fn an_address_has_one_lock_however_it_is_written() {
    let (services, _) = services().await;
    let form = SignUp { email: format!("lindita-{}@example.com", uuid::Uuid::new_v4()), ..form() };
    let known = sign_up(&services, form).await.me.email;
    // Small letters of these are those of the address, as the database sees it.
    for written in
        [known.clone(), known.to_uppercase(), known.replace('i', "İ"), known.replacen('i', "İ", 1), known.clone()]
    {
        log_in(&services, &written, "a wrong password").await.expect_err("refused");
    }
    log_in(&services, &known, PASSWORD).await.expect_err("locked, although the password is right");
}

#[tokio::test]
async fn guesses_at_the_same_moment_do_not_pass_the_lock() {
    let (services, _) = services().await;
    let email = sign_up(&services, form()).await.me.email;
    let guesses = (0..12).map(|_| log_in(&services, &email, "a wrong password"));
    futures::future::join_all(guesses).await;
    let counted: i32 = sqlx::query_scalar(
        "select max(failed_attempts) from login_attempts where last_attempt_at = $1 and locked_until is not null",
    )
    .bind(services.db.now())
    .fetch_one(services.db.system().pool())
    .await
    .expect("counted");
    assert_eq!(counted, 5, "the sixth was not looked at");
}

#[tokio::test]
async fn a_person_changes_the_own_profile() {
    let (services, _) = services().await;
    let signed_in = sign_up(&services, form()).await;
    let somebody = accounts::authenticate(&services, &signed_in.token).await.expect("asked").expect("signed in");
    let profile = |name: &str, locale: &str, time_zone: &str| {
        let [name, locale, time_zone] = [name, locale, time_zone].map(|value| Some(value.to_owned()));
        UpdateProfile { name, locale, time_zone }
    };
    let wrong = profile("", "xx", "Mars/Olympus");
    let fields = invalid_fields(accounts::update_profile(&services, &somebody, wrong).await);
    assert_eq!(fields, ["name", "locale", "time_zone"]);
    let right = profile("Ana H.", "en", "Europe/Tirane");
    accounts::update_profile(&services, &somebody, right).await.expect("changed");
    let me = accounts::authenticate(&services, &signed_in.token).await.expect("asked").expect("signed in").me;
    assert_eq!((me.name.as_str(), me.locale.as_str(), me.time_zone.as_str()), ("Ana H.", "en", "Europe/Tirane"));
}

#[tokio::test]
async fn an_operator_makes_platform_admins() {
    let (services, _) = services().await;
    let form = form();
    let create = |password: &'static str| accounts::create_platform_admin(&services, &form.email, "Op", password);
    assert_eq!(invalid_fields(create("short").await), ["password"]);
    let admin = create(PASSWORD).await.expect("created");
    let refused = log_in(&services, &form.email, PASSWORD).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "an admin without an organization has no dashboard");
    assert!(matches!(create("another password").await, Err(Error::Conflict(_))));
    assert_eq!(create(PASSWORD).await.expect("again is no error"), admin);

    let ticket = ticket(accounts::first_step(&services, &form.email, PASSWORD, &browser()).await.expect("known"));
    let me = accounts::enter_founded(&services, &ticket, "The Operators", &browser()).await.expect("founded").me;
    assert_eq!((me.user_id, me.is_platform_admin, me.role), (admin, true, Role::Owner));
    log_in(&services, &form.email, PASSWORD).await.expect("the admin has an organization now");
}
