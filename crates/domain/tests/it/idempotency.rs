use chrono::TimeDelta;
use db::Actor;
use domain::{
    Cx, Error, contacts,
    idempotency::{Reserved, reserve, store},
};
use types::{contact::ContactInput, id::ApiKeyId, permission::Permission};

use crate::support::{World, invalid_fields, two_organizations};

async fn is_new(world: &World, cx: &mut Cx, key: &str, fingerprint: &[u8]) -> bool {
    matches!(reserve(&world.services, cx, key, fingerprint).await.unwrap(), Reserved::New)
}

async fn answer(world: &World, cx: &mut Cx, key: &str, fingerprint: &[u8]) -> (u16, Vec<u8>) {
    match reserve(&world.services, cx, key, fingerprint).await.unwrap() {
        Reserved::Done { status, answer } => (status, answer),
        Reserved::New => panic!("it was not remembered"),
    }
}

/// Does a request's work and answers.
async fn work(world: &World, key: &str, fingerprint: &[u8], text: &[u8]) {
    let mut cx = world.cx_a().await;
    assert!(is_new(world, &mut cx, key, fingerprint).await);
    store(&world.services, &mut cx, key, 201, text).await.unwrap();
    world.services.commit(cx).await.unwrap();
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_request_is_refused() {
    let world = two_organizations().await;
    work(&world, "k", b"one", b"first").await;
    let mut cx = world.cx_a().await;
    assert_eq!(answer(&world, &mut cx, "k", b"one").await, (201, b"first".to_vec()));
    let other = reserve(&world.services, &mut cx, "k", b"two").await;
    assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");
    let stored: Vec<u8> =
        sqlx::query_scalar("select answer_encrypted from idempotency_keys where organization_id = $1")
            .bind(world.a.id.0)
            .fetch_one(cx.conn())
            .await
            .unwrap();
    assert!(!stored.windows(5).any(|bytes| bytes == b"first"), "answers may hold secrets and are encrypted");
}

#[tokio::test]
async fn work_that_was_not_committed_may_be_done_again() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    assert!(is_new(&world, &mut cx, "k", b"one").await);
    let input = ContactInput { name: Some("Ana".into()), ..ContactInput::default() };
    contacts::create(&mut cx, input).await.unwrap();
    store(&world.services, &mut cx, "k", 201, b"lost").await.unwrap();
    // The program dies here.
    drop(cx);
    let mut cx = world.cx_a().await;
    assert!(is_new(&world, &mut cx, "k", b"one").await);
    let left: i64 = sqlx::query_scalar("select count(*) from contacts where organization_id = $1")
        .bind(world.a.id.0)
        .fetch_one(cx.conn())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn two_at_once_do_the_work_once() {
    let world = two_organizations().await;
    let mut first = world.cx_a().await;
    assert!(is_new(&world, &mut first, "k", b"one").await);
    let mut begun = world.cx_a().await;
    let session = sqlx::query_scalar("select pg_backend_pid()").fetch_one(begun.conn()).await.unwrap();
    let services = world.services.clone();
    let second = tokio::spawn(async move { reserve(&services, &mut begun, "k", b"one").await });
    while !second.is_finished() && !waits(&world, session).await {
        tokio::task::yield_now().await;
    }
    assert!(!second.is_finished());
    store(&world.services, &mut first, "k", 200, b"first").await.unwrap();
    world.services.commit(first).await.unwrap();
    let Reserved::Done { status: 200, answer } = second.await.unwrap().unwrap() else { panic!("done twice") };
    assert_eq!(answer, b"first");
}

/// Whether a database session waits for another's lock.
async fn waits(world: &World, session: i32) -> bool {
    sqlx::query_scalar("select exists (select from pg_locks where pid = $1 and not granted)")
        .bind(session)
        .fetch_one(world.cx_b().await.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn keys_belong_to_who_gave_them() {
    let world = two_organizations().await;
    work(&world, "k", b"one", b"first").await;
    let mut stranger = world.cx_b().await;
    assert!(is_new(&world, &mut stranger, "k", b"two").await);
    let program = Actor::ApiKey { id: ApiKeyId(uuid::Uuid::from_u128(7)), scopes: vec![Permission::ContactsRead] };
    let mut program = world.cx(&world.a, program).await;
    assert!(is_new(&world, &mut program, "k", b"two").await);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let world = two_organizations().await;
    work(&world, "k", b"one", b"first").await;
    work(&world, "left-alone", b"one", b"first").await;
    world.clock.advance(TimeDelta::hours(23));
    let mut cx = world.cx_a().await;
    assert_eq!(answer(&world, &mut cx, "k", b"one").await.1, b"first");
    drop(cx);
    world.clock.advance(TimeDelta::hours(2));
    work(&world, "k", b"two", b"second").await;
    let mut cx = world.cx_a().await;
    assert_eq!(answer(&world, &mut cx, "k", b"two").await.1, b"second");
    let keys: Vec<String> = sqlx::query_scalar("select key from idempotency_keys where organization_id = $1")
        .bind(world.a.id.0)
        .fetch_all(cx.conn())
        .await
        .unwrap();
    assert_eq!(keys, ["k"], "the other one was cleared away");
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    for key in ["", "two words", "ë", "a\0b", &"k".repeat(256)] {
        let fields = invalid_fields(reserve(&world.services, &mut cx, key, b"one").await);
        assert_eq!(fields, ["Idempotency-Key"]);
    }
    assert!(is_new(&world, &mut cx, &"k".repeat(255), b"one").await);
}
