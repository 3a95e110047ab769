//! Faults of what the product rests on, as those who ask see them.

use db::sqlx;
use domain::Error;
use types::error::ErrorCode;

use crate::support::two_organizations;

#[tokio::test]
async fn a_database_without_room_is_told_as_one_that_is_away() {
    let world = two_organizations().await;
    for (sqlstate, expected) in [
        ("53100", ErrorCode::Unavailable),
        ("53200", ErrorCode::Unavailable),
        ("57P01", ErrorCode::Unavailable),
        ("57014", ErrorCode::Unavailable),
        ("08006", ErrorCode::Unavailable),
        ("22012", ErrorCode::Internal),
    ] {
        let mut cx = world.cx_a().await;
        let statement = format!("do $$ begin raise exception 'no' using errcode = '{sqlstate}'; end $$");
        let error = sqlx::query(&statement).execute(cx.conn()).await.unwrap_err();
        assert_eq!(Error::from(error).code(), expected, "{sqlstate}");
    }
    // What a server says that dies while a connection is made.
    let half_a_word = sqlx::Error::Protocol("unexpected response from SSLRequest: 0x00".into());
    assert_eq!(Error::from(half_a_word).code(), ErrorCode::Unavailable);
}
