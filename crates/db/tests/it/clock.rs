//! The clock that all processes go by.

use chrono::{DateTime, TimeDelta};
use db::{Clock, DatabaseClock, SystemClock, sqlx, sqlx::Connection, sqlx::PgConnection, testing};

#[tokio::test]
async fn a_process_goes_by_the_databases_clock_and_not_by_its_machines() {
    let mut connection = PgConnection::connect(&testing::owner_url().await).await.unwrap();
    let mut tx = connection.begin().await.unwrap();
    // As on a machine whose clock shows another day.
    sqlx::raw_sql(
        "create schema elsewhere;
         create function elsewhere.clock_timestamp() returns timestamptz language sql as $$ select to_timestamp(1e9) $$;
         set local search_path = elsewhere, pg_catalog",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    let clock = DatabaseClock::default();
    assert!((clock.now() - SystemClock.now()).abs() < TimeDelta::minutes(1), "until the database was asked");
    clock.follow(&mut tx).await.unwrap();
    let told = DateTime::from_timestamp(1_000_000_000, 0).unwrap();
    assert!(clock.now() >= told && clock.now() - told < TimeDelta::days(1), "{}", clock.now());
}
