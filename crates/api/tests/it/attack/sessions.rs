//! Sessions that an attacker has chosen, kept, or tries to use twice at once.

use std::sync::Arc;

use axum::middleware;
use domain::{Services, Settings, accounts};
use serde_json::{Value, json};

use crate::{
    support::{Answer, HOST, World, world},
    v1::client::Auth,
};

const PASSWORD: &str = "correct horse battery staple";

async fn log_in(world: &World, cookie: &str, body: &Value) -> Answer {
    let headers = [("cookie", cookie)];
    world.call(&Auth::Nobody, "POST", "/api/v1/auth/login", Some(body), &headers).await
}

async fn email_of(world: &World) -> String {
    accounts::authenticate(&world.services, &world.a.session).await.unwrap().unwrap().me.email
}

async fn works(world: &World, token: &str) -> bool {
    accounts::authenticate(&world.services, token).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_that_was_there_before_is_not_the_one_that_signing_in_opens() {
    let world = world().await;
    let body = json!({"email": email_of(&world).await, "password": PASSWORD});
    // The attacker's own session, and one that does not exist, planted in the victim's browser.
    for planted in [world.b.session.as_str(), "chosen-by-the-attacker", ""] {
        let answer = log_in(&world, &format!("biseda_session={planted}"), &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let cookie = answer.header("set-cookie");
        let opened = cookie.strip_prefix("biseda_session=").and_then(|rest| rest.split(';').next()).unwrap();
        assert!(opened.len() > 40 && opened != planted);
        assert!(works(&world, opened).await);
        assert!(!works(&world, "chosen-by-the-attacker").await);
    }
    let strange = accounts::authenticate(&world.services, &world.b.session).await.unwrap().unwrap();
    assert_eq!(strange.me.organization.id, world.b.id, "the planted session is still its owner's and nobody else's");
}

#[tokio::test]
async fn two_cookies_of_one_name_do_not_add_up() {
    let world = world().await;
    for cookie in [
        format!("biseda_session=x; biseda_session={}", world.a.session),
        format!("biseda_session={}; biseda_session=x", world.a.session),
    ] {
        let answer = world.call(&Auth::Nobody, "GET", "/api/v1/me", None, &[("cookie", &cookie)]).await;
        assert!(matches!(answer.status.as_u16(), 200 | 401), "{}", answer.text);
    }
    for token in ["' or 1=1 --", "%00", &"a".repeat(6000), &world.a.session[1..], &world.a.session.to_uppercase()] {
        let answer = world.get("/api/v1/me", &[("cookie", &format!("biseda_session={token}"))]).await;
        answer.refused(401);
    }
}

#[tokio::test]
async fn over_https_nobody_but_this_host_gives_a_session() {
    let world = world().await;
    let settings = Settings { public_url: format!("https://{HOST}"), ..(*world.services.settings).clone() };
    let services = Services { settings: Arc::new(settings), ..world.services.clone() };
    let router = api::router(services.clone()).layer(middleware::from_fn(api::csrf));
    let world = World { router, services, ..world };
    let body = json!({"email": email_of(&world).await, "password": PASSWORD});
    let opened = log_in(&world, "", &body).await;
    let cookie = opened.header("set-cookie").to_owned();
    let (token, attributes) = cookie.strip_prefix("__Host-biseda_session=").and_then(|c| c.split_once(';')).unwrap();
    // Else browsers do not take a cookie of this name.
    assert!(attributes.contains("; Secure") && attributes.contains("Path=/;") && !attributes.contains("Domain"));
    let me = async |name: &str| world.get("/api/v1/me", &[("cookie", &format!("{name}={token}"))]).await.status;
    assert_eq!(me("__Host-biseda_session").await, 200);
    assert_eq!(me("biseda_session").await, 401, "a subdomain or an unencrypted page may have set it");
    let asked = [("cookie", &*format!("__Host-biseda_session={token}"))];
    let left = world.call(&Auth::Nobody, "POST", "/api/v1/auth/logout", None, &asked).await;
    assert!(left.header("set-cookie").starts_with("__Host-biseda_session=; Path=/; Max-Age=0;"), "{}", left.text);
    assert!(!works(&world, token).await);
}

#[tokio::test]
async fn a_session_does_not_outlive_what_ends_it() {
    let world = world().await;
    let person = accounts::authenticate(&world.services, &world.a.session).await.unwrap().unwrap();
    let (other, _) = world.session(person.me.user_id, world.a.id).await;
    assert!(works(&world, &other).await);
    accounts::change_password(&world.services, &person, PASSWORD, "another horse battery").await.unwrap();
    assert!(!works(&world, &other).await, "a new password ends the sessions that others may have");
    accounts::log_out(&world.services, &world.a.session).await.unwrap();
    assert!(!works(&world, &world.a.session).await, "kept or copied, it is worth nothing any more");
}
