//! Sessions: how long they last, and what ends them.

use chrono::TimeDelta;
use db::Actor;
use domain::{Error, accounts};
use types::id::SessionId;

use crate::{
    accounts::{PASSWORD, form, log_in, sign_up},
    support::{assert_not_found, invalid_fields, services},
};

#[tokio::test]
async fn a_session_lives_thirty_days_from_its_last_use() {
    let (services, clock) = services().await;
    let token = sign_up(&services, form()).await.token;
    for _ in 0..3 {
        clock.advance(TimeDelta::days(29));
        assert!(accounts::authenticate(&services, &token).await.expect("asked").is_some());
    }
    clock.advance(TimeDelta::days(31));
    assert!(accounts::authenticate(&services, &token).await.expect("asked").is_none());
    for nonsense in ["", "x", "\0", &token.to_lowercase()] {
        assert!(accounts::authenticate(&services, nonsense).await.expect("asked").is_none());
    }
}

#[tokio::test]
async fn sessions_that_have_run_out_are_swept() {
    let (services, _) = services().await;
    let (old, new) = (sign_up(&services, form()).await, sign_up(&services, form()).await);
    // Not by moving the clock: that would sweep the sessions of the tests beside this one.
    sqlx::query("update sessions set expires_at = $2 where user_id = $1")
        .bind(old.me.user_id.0)
        .bind(services.db.now() - TimeDelta::seconds(1))
        .execute(services.db.system().pool())
        .await
        .expect("run out");
    accounts::sweep(&services).await.expect("swept");
    for (signed_in, left) in [(&old, 0), (&new, 1)] {
        let sessions: i64 = sqlx::query_scalar("select count(*) from sessions where user_id = $1")
            .bind(signed_in.me.user_id.0)
            .fetch_one(services.db.system().pool())
            .await
            .expect("counted");
        assert_eq!(sessions, left);
    }
}

#[tokio::test]
async fn a_person_sees_and_ends_the_own_sessions_only() {
    let (services, clock) = services().await;
    let first = sign_up(&services, form()).await;
    clock.advance(TimeDelta::minutes(2));
    let second = log_in(&services, &first.me.email, PASSWORD).await.expect("signed in");
    let stranger = sign_up(&services, form()).await;
    let user = first.me.user_id;
    let current = accounts::authenticate(&services, &second.token).await.expect("asked").expect("signed in").session_id;

    let sessions = accounts::sessions(&services, user, current).await.expect("sessions");
    assert_eq!(sessions.iter().map(|session| session.is_current).collect::<Vec<_>>(), [true, false]);
    assert_eq!(sessions[0].user_agent.as_deref(), Some("Firefox"));
    clock.advance(TimeDelta::minutes(2));
    accounts::authenticate_from(&services, &first.token, Some("198.51.100.7"))
        .await
        .expect("asked")
        .expect("signed in");
    let sessions = accounts::sessions(&services, user, current).await.expect("sessions");
    let places: Vec<_> = sessions.iter().map(|session| session.ip.as_deref()).collect();
    assert_eq!(places, [Some("198.51.100.7"), Some("192.0.2.1")], "the place of the last use");

    assert_not_found(accounts::end_session(&services, stranger.me.user_id, current).await);
    assert_not_found(accounts::end_session(&services, user, SessionId(uuid::Uuid::nil())).await);
    accounts::end_session(&services, user, sessions[0].id).await.expect("ended");
    assert!(accounts::authenticate(&services, &first.token).await.expect("asked").is_none());
    accounts::log_out(&services, &second.token).await.expect("signed out");
    accounts::log_out(&services, &second.token).await.expect("twice is no error");
    assert!(accounts::authenticate(&services, &second.token).await.expect("asked").is_none());
    assert!(accounts::authenticate(&services, &stranger.token).await.expect("asked").is_some());
    accounts::end_sessions(&services, stranger.me.user_id, None).await.expect("ended");
    assert!(accounts::authenticate(&services, &stranger.token).await.expect("asked").is_none());
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let (services, _) = services().await;
    let old = sign_up(&services, form()).await;
    let email = old.me.email.clone();
    let current = log_in(&services, &email, PASSWORD).await.expect("signed in");
    let somebody = accounts::authenticate(&services, &current.token).await.expect("asked").expect("signed in");
    let change = |old: &'static str, new: &'static str| accounts::change_password(&services, &somebody, old, new);

    assert_eq!(invalid_fields(change(PASSWORD, "short").await), ["new_password"]);
    assert_eq!(invalid_fields(change("a wrong password", "a new password").await), ["old_password"]);
    change(PASSWORD, "a new password").await.expect("changed");
    assert!(accounts::authenticate(&services, &old.token).await.expect("asked").is_none());
    assert!(accounts::authenticate(&services, &current.token).await.expect("asked").is_some());
    log_in(&services, &email, PASSWORD).await.expect_err("the old password is gone");
    log_in(&services, &email, "a new password").await.expect("the new one counts");
}

#[tokio::test]
async fn a_suspended_organization_is_refused() {
    let (services, _) = services().await;
    let signed_in = sign_up(&services, form()).await;
    let mut cx = services.db.begin(signed_in.me.organization.id, Actor::System).await.expect("begun");
    sqlx::query("update organizations set status = 'suspended' where id = $1")
        .bind(signed_in.me.organization.id.0)
        .execute(cx.conn())
        .await
        .expect("suspended");
    services.commit(cx).await.expect("committed");
    let refused = accounts::authenticate(&services, &signed_in.token).await;
    assert!(matches!(refused, Err(Error::Suspended(_))), "{refused:?}");
    let refused = log_in(&services, &signed_in.me.email, PASSWORD).await;
    assert!(matches!(refused, Err(Error::Suspended(_))), "{refused:?}");
    let wrong = log_in(&services, &signed_in.me.email, "a wrong password").await;
    assert!(matches!(wrong, Err(Error::InvalidCredentials)), "only those who know the password are told");
}

#[tokio::test]
async fn a_user_who_was_switched_off_is_refused() {
    let (services, _) = services().await;
    let signed_in = sign_up(&services, form()).await;
    sqlx::query("update users set is_active = false where id = $1")
        .bind(signed_in.me.user_id.0)
        .execute(services.db.system().pool())
        .await
        .expect("switched off");
    assert!(accounts::authenticate(&services, &signed_in.token).await.expect("asked").is_none());
    let refused = log_in(&services, &signed_in.me.email, PASSWORD).await;
    assert!(matches!(refused, Err(Error::InvalidCredentials)), "{refused:?}");
}
