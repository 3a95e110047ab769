use api::Api;
use axum::middleware;
use types::permission::Permission;

use super::client::Program;
use crate::support::{World, world};

async fn limited(per_minute: u32) -> World {
    let world = world().await;
    let api = Api::new(world.services.clone()).with_api_limit(per_minute);
    let router = api::router(api).layer(middleware::from_fn(api::csrf));
    World { router, ..world }
}

#[tokio::test]
async fn every_answer_says_how_many_requests_are_left() {
    let world = limited(20).await;
    let shop = Program::new(&world).await;
    let mut left = Vec::new();
    for _ in 0..10 {
        let answer = shop.get("me").await;
        assert_eq!(answer.header("ratelimit-limit"), "10");
        left.push(answer.header("ratelimit-remaining").parse::<u32>().unwrap());
        answer.ok();
    }
    assert!(left.is_sorted_by(|a, b| a >= b) && left[0] == 9 && left[9] <= 1, "{left:?}");
    let answer = shop.get("contacts/x").await;
    let error = answer.refused(429);
    assert_eq!((error["code"].as_str(), answer.header("ratelimit-remaining")), (Some("rate_limited"), "0"));
    assert!((1..=4).contains(&answer.header("retry-after").parse::<u32>().unwrap()));
    assert!((1..=60).contains(&answer.header("ratelimit-reset").parse::<u32>().unwrap()));
    let other = Program { world: &world, auth: world.key(&world.a, Permission::ALL).await };
    other.get("me").await.ok();
}

#[tokio::test]
async fn an_address_cannot_ask_without_end_with_keys_that_are_none() {
    let world = limited(2).await;
    let stranger = Program { world: &world, auth: super::client::Auth::Key("bsd_guess".into()) };
    let mut refused = 0;
    for _ in 0..6 {
        let answer = stranger.get("me").await;
        assert_eq!(answer.header("ratelimit-limit"), "4");
        refused += u32::from(answer.status == 429);
    }
    assert!(refused >= 1);
}
