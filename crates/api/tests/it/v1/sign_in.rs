//! Signing up, in and out over the API.

use axum::{body::Body, http::Request};
use domain::{
    accounts,
    jobs::{self, Job},
    mails, organizations,
    platform::Operator,
};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};
use types::id::MailId;

use super::client::Auth;
use crate::support::{Answer, HOST, World, world};

const PASSWORD: &str = "correct horse battery staple";

async fn post(world: &World, path: &str, body: Value) -> Answer {
    world.call(&Auth::Nobody, "POST", &format!("/api/v1/auth/{path}"), Some(&body), &[]).await
}

/// The session of an answer that signs in.
fn session(answer: &Answer) -> Auth {
    let cookie = answer.header("set-cookie");
    let (token, rest) =
        cookie.strip_prefix("biseda_session=").and_then(|rest| rest.split_once(';')).expect("a session");
    assert_eq!(rest.trim(), "Path=/; Max-Age=34560000; SameSite=Lax; HttpOnly");
    assert!(!answer.text.contains(token), "scripts do not get it");
    Auth::Session(token.to_owned())
}

/// Signs in, or gives the refusal.
pub async fn log_in(world: &World, credentials: Value) -> Result<Auth, Answer> {
    let answer = post(world, "login", credentials).await;
    if answer.status == 200 { Ok(session(&answer)) } else { Err(answer) }
}

/// A person who signed up.
async fn somebody(world: &World) -> (String, Auth) {
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let form = json!({"organization_name": "Bukë & Kripë", "name": "Ana", "email": email, "password": PASSWORD, "locale": "sq"});
    let answer = post(world, "signup", form).await;
    assert_eq!(answer.created()["email"], email);
    (email, session(&answer))
}

async fn me(world: &World, auth: &Auth) -> Answer {
    world.call(auth, "GET", "/api/v1/me", None, &[]).await
}

async fn person(world: &World, auth: &Auth) -> accounts::Authenticated {
    let Auth::Session(token) = auth else { panic!("a session") };
    accounts::authenticate(&world.services, token).await.unwrap().unwrap()
}

/// Somebody who reads kept mails.
async fn operator(world: &World) -> Operator {
    let (_, auth) = somebody(world).await;
    let user = person(world, &auth).await.me.user_id.0;
    db::sqlx::query("update users set is_platform_admin = true, two_factor_secret = 'sealed' where id = $1")
        .bind(user)
        .execute(world.services.db.system().pool())
        .await
        .expect("an operator");
    let client = accounts::ClientInfo::default();
    Operator::of(&world.services, &person(world, &auth).await, client).await.expect("an operator")
}

/// The token in the newest mail of a kind.
async fn token_in_mail(world: &World, email: &str, kind: &str) -> String {
    let id = db::sqlx::query_scalar("select id from mails where recipient = $1 and kind = $2 order by created_at desc")
        .bind(email)
        .bind(kind)
        .fetch_one(world.services.db.system().pool())
        .await
        .expect("a mail");
    let text = mails::get(&world.services, &operator(world).await, MailId(id)).await.unwrap().text.expect("a text");
    let link = text.lines().find(|line| line.starts_with("http://")).expect("a link");
    link.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_signs_up_out_and_in() {
    let world = world().await;
    let (email, first) = somebody(&world).await;
    let known = me(&world, &first).await.ok();
    assert_eq!((&known["role"], &known["locale"]), (&json!("owner"), &json!("sq")));
    let out = world.call(&first, "POST", "/api/v1/auth/logout", None, &[]).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").starts_with("biseda_session=; Path=/; Max-Age=0;"));
    me(&world, &first).await.refused(401);
    let second = log_in(&world, json!({"email": email.to_uppercase(), "password": PASSWORD})).await.unwrap();
    assert_eq!(me(&world, &second).await.ok()["id"], known["id"]);

    let wrong = json!({"organization_name": "", "name": "", "email": "x", "password": "short", "locale": "en"});
    let details = post(&world, "signup", wrong).await.refused(422)["details"].clone();
    assert_eq!(details.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn unknown_and_known_addresses_get_the_same_answers() {
    let world = world().await;
    let (email, _) = somebody(&world).await;
    for address in [email.as_str(), "nobody-at-all@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            let refusal = post(&world, "login", json!({"email": address, "password": "wrong but long"})).await;
            answers.push(refusal.refused(401));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0]["code"], "invalid_credentials");
    }
    // The address waits now, also with the right password.
    let waiting = post(&world, "login", json!({"email": email, "password": PASSWORD})).await;
    assert_eq!(waiting.refused(401)["code"], "invalid_credentials");
    for address in [email.as_str(), "nobody-at-all@example.com"] {
        let answer = post(&world, "password-resets", json!({"email": address})).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (202, ""));
    }
    post(&world, "password-resets", json!({"email": "nobody"})).await.refused(422);
}

#[tokio::test]
async fn who_has_a_second_factor_gives_a_code() {
    let world = world().await;
    let (email, auth) = somebody(&world).await;
    let person = person(&world, &auth).await;
    accounts::begin_second_factor(&world.services, &person, PASSWORD).await.unwrap();
    let (setup, codes) = accounts::pending_second_factor(&world.services, &person).await.unwrap().unwrap();
    let secret = Secret::Encoded(setup.secret).to_bytes().unwrap();
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, None, String::new()).unwrap();
    let now = app.generate(world.services.db.now().timestamp().unsigned_abs());
    accounts::confirm_second_factor(&world.services, &person, &now).await.unwrap();

    let missing = log_in(&world, json!({"email": email, "password": PASSWORD})).await.unwrap_err().refused(422);
    assert_eq!(missing["details"][0], json!({"field": "code", "rule": "missing", "message": "is missing"}));
    // A wrong password tells nothing of a second factor.
    let wrong = log_in(&world, json!({"email": email, "password": "wrong but long", "code": codes[0]})).await;
    assert_eq!(wrong.unwrap_err().refused(401)["code"], "invalid_credentials");
    let used = log_in(&world, json!({"email": email, "password": PASSWORD, "code": now})).await.unwrap_err();
    assert_eq!(used.refused(422)["details"][0]["rule"], "mismatch", "a code counts once");
    let entered = log_in(&world, json!({"email": email, "password": PASSWORD, "code": codes[0]})).await.unwrap();
    me(&world, &entered).await.ok();
    log_in(&world, json!({"email": email, "password": PASSWORD, "code": codes[0]})).await.unwrap_err().refused(422);
}

#[tokio::test]
async fn who_belongs_to_no_organization_is_sent_to_the_page() {
    let world = world().await;
    let (email, auth) = somebody(&world).await;
    let person = person(&world, &auth).await;
    let mut cx = world.services.db.begin(person.me.organization.id, person.actor()).await.unwrap();
    organizations::delete(&mut cx, &person.me.organization.name).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let again =
        json!({"organization_name": "Second", "name": "Ana", "email": email, "password": PASSWORD, "locale": "sq"});
    for (path, body) in [("login", json!({"email": email, "password": PASSWORD})), ("signup", again)] {
        let answer = post(&world, path, body).await;
        assert!(answer.headers.get("set-cookie").is_none(), "{path}");
        let error = answer.refused(403);
        assert!(error["message"].as_str().unwrap().contains("/login"), "{path}: {error}");
    }
    let wrong = json!({"email": email, "password": "wrong but long"});
    assert_eq!(
        post(&world, "login", wrong).await.refused(401)["code"],
        "invalid_credentials",
        "others are told nothing"
    );
}

#[tokio::test]
async fn links_of_mails_count_once() {
    let world = world().await;
    let (email, auth) = somebody(&world).await;
    let confirmation = token_in_mail(&world, &email, "verification").await;
    let confirm = async |auth: &Auth, token: &str| {
        world.call(auth, "POST", "/api/v1/auth/verify-email", Some(&json!({"token": token})), &[]).await
    };
    confirm(&Auth::Nobody, &confirmation).await.refused(401);
    let (_, other) = somebody(&world).await;
    confirm(&other, &confirmation).await.refused(404);
    confirm(&auth, &format!("{confirmation}x")).await.refused(404);
    assert_eq!(confirm(&auth, &confirmation).await.status, 204);
    confirm(&auth, &confirmation).await.refused(404);

    jobs::run(&world.services, Job::ResetPassword { email: email.clone() }).await.unwrap();
    let token = token_in_mail(&world, &email, "password_reset").await;
    let confirm =
        |password: &str| post(&world, "password-resets/confirm", json!({"token": token, "password": password}));
    confirm("short").await.refused(422);
    assert_eq!(confirm("a new password").await.status, 204);
    confirm("another password").await.refused(404);
    me(&world, &auth).await.refused(401);
    log_in(&world, json!({"email": email, "password": "a new password"})).await.unwrap();
}

#[tokio::test]
async fn other_sites_sign_nobody_in() {
    let world = world().await;
    let (email, _) = somebody(&world).await;
    let body = json!({"email": email, "password": PASSWORD}).to_string();
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/api/v1/auth/login")
            .header("host", HOST)
            .header(name, value)
            .header("content-type", "application/json");
        let answer = world.ask(request.body(Body::from(body.clone())).unwrap()).await;
        answer.refused(403);
        assert!(answer.headers.get("set-cookie").is_none());
    }
    // A form of another site cannot say that it sends JSON.
    let form = Request::post("/api/v1/auth/login").header("host", HOST).header("sec-fetch-site", "same-origin");
    world.ask(form.body(Body::from(body)).unwrap()).await.refused(422);
}
