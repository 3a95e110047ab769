//! Changes whose transaction the database undid because another was in its way.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use api::ApiError;
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Method, Request, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::any,
};
use db::sqlx;
use domain::{Held, Services, contacts, hold};
use serde_json::json;
use tower::ServiceExt;
use types::id::ContactId;

use crate::{support::world, v1::client::Program};

/// What fails so many times, in the words of the database, before it answers.
#[derive(Clone)]
struct Failing {
    services: Services,
    sqlstate: &'static str,
    times: usize,
    /// The bodies that came.
    seen: Arc<Mutex<Vec<String>>>,
}

async fn answer(State(failing): State<Failing>, body: String) -> Response {
    let number = {
        let mut seen = failing.seen.lock().unwrap();
        seen.push(body);
        seen.len()
    };
    if number > failing.times {
        return StatusCode::OK.into_response();
    }
    let statement = format!("do $$ begin raise exception 'no' using errcode = '{}'; end $$", failing.sqlstate);
    let error = sqlx::query(&statement).execute(failing.services.db.system().pool()).await.unwrap_err();
    ApiError::from(error).into_response()
}

#[tokio::test]
async fn a_short_change_that_was_in_anothers_way_is_begun_anew_three_times_at_most() {
    const DEADLOCK: &str = "40P01";
    let services = world().await.services;
    let long = "x".repeat(70_000);
    for (method, sqlstate, times, body, status, begun) in [
        (Method::POST, DEADLOCK, 1, "a change", 200, 2),
        (Method::PATCH, "40001", 2, "a change", 200, 3),
        (Method::DELETE, DEADLOCK, 1, "", 200, 2),
        (Method::POST, DEADLOCK, 9, "a change", 503, 3),
        (Method::POST, "57P01", 1, "the database is away", 503, 1),
        (Method::POST, DEADLOCK, 1, long.as_str(), 503, 1),
        (Method::GET, DEADLOCK, 1, "", 503, 1),
    ] {
        let failing = Failing { services: services.clone(), sqlstate, times, seen: Arc::default() };
        let app = Router::new().route("/", any(answer)).with_state(failing.clone());
        let app = app.layer(middleware::from_fn(api::retry_deadlocks));
        let request = Request::builder().method(method.clone()).uri("/").body(Body::from(body.to_owned())).unwrap();
        assert_eq!(app.oneshot(request).await.unwrap().status(), status, "{method} {sqlstate}");
        assert_eq!(*failing.seen.lock().unwrap(), vec![body; begun], "{method} {sqlstate}");
    }
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_the_request_is_answered_all_the_same() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let mut ids = Vec::<ContactId>::new();
    for name in ["Ana", "Besa"] {
        let made = shop.post("contacts", json!({"name": name})).await.created();
        ids.push(made["id"].as_str().unwrap().parse().unwrap());
    }
    // The order in which it is done to many.
    ids.sort();
    let change = json!({"action": "update", "ids": ids, "data": {"company": "Alba Coffee"}});
    let mut was_undone = false;
    for _ in 0..10 {
        let mut cx = world.cx(&world.a).await;
        hold(&mut cx, Held::Contact(ids[1])).await.unwrap();
        let holder: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(cx.conn()).await.unwrap();
        let holding = async {
            let waits = "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))";
            let pool = world.services.db.system();
            while !sqlx::query_scalar::<_, bool>(waits).bind(holder).fetch_one(pool.pool()).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let held = hold(&mut cx, Held::Contact(ids[0])).await;
            drop(cx);
            held.is_ok()
        };
        let (answer, held) = tokio::join!(shop.post("contacts/bulk", change.clone()), holding);
        answer.ok();
        was_undone = held;
        // The database undoes the one that has waited for longer: this one, if the machine was slow. Then once more.
        if was_undone {
            break;
        }
    }
    assert!(was_undone, "the request was never the one that was undone");
    let mut cx = world.cx(&world.a).await;
    for id in ids {
        assert_eq!(contacts::get(&mut cx, id).await.unwrap().summary.company, "Alba Coffee");
    }
}
