//! The clock that all processes go by.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use db::{Clock, DatabaseClock, SystemClock, sqlx, sqlx::Connection, sqlx::PgConnection, testing};

/// A connection in a transaction in which the database's clock shows a day of 2001, after so many seconds.
async fn elsewhere(after: f32) -> PgConnection {
    let mut connection = PgConnection::connect(&testing::owner_url().await).await.unwrap();
    let schema = format!("elsewhere_{}", uuid::Uuid::new_v4().simple());
    let sql = format!(
        "begin;
         create schema {schema};
         create function {schema}.clock_timestamp() returns timestamptz language sql
         as $$ select pg_sleep({after}); select to_timestamp(1e9) $$;
         set local search_path = {schema}, pg_catalog"
    );
    sqlx::raw_sql(&sql).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn a_process_goes_by_the_databases_clock_and_not_by_its_machines() {
    // As on a machine whose clock shows another day.
    let mut connection = elsewhere(0.0).await;
    let clock = DatabaseClock::default();
    assert!((clock.now() - SystemClock.now()).abs() < TimeDelta::minutes(1), "until the database was asked");
    clock.follow(&mut connection).await.unwrap();
    let told = DateTime::from_timestamp(1_000_000_000, 0).unwrap();
    assert!(clock.now() >= told && clock.now() - told < TimeDelta::days(1), "{}", clock.now());
}

#[tokio::test]
async fn a_database_that_is_slow_to_tell_the_time_is_asked_by_one_and_not_again_at_once() {
    let mut quick = elsewhere(0.0).await;
    let clock = DatabaseClock::default();
    clock.follow(&mut quick).await.unwrap();
    drop(quick);
    // It is asked every five seconds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    // An answer that takes longer than a second is not taken for the time.
    const SLOW: Duration = Duration::from_secs(1);
    let follow = async || {
        let mut slow = elsewhere(1.2).await;
        let begun = Instant::now();
        clock.follow(&mut slow).await.unwrap();
        begun.elapsed()
    };
    let (one, other, third) = tokio::join!(follow(), follow(), follow());
    let asked = [one, other, third].into_iter().filter(|took| *took > SLOW).count();
    assert_eq!(asked, 1, "{one:?} {other:?} {third:?}");
    assert!(follow().await < SLOW);
}
