//! What a ticket does not open: what is not its holder's, what is over, and anything twice.

use chrono::TimeDelta;
use domain::{Error, Services, accounts, invitations, upkeep};
use types::id::OrganizationId;

use super::{arrive, change, delete, invite, places_and_sessions, removed, ticket};
use crate::{
    accounts::PASSWORD,
    authenticator::Device,
    invitations::{ADMIN, MEMBER, address},
    mails::sign_up,
    sign_in::{self, RESET, overtaken, secure},
    support::{assert_not_found, browser, own_services, services},
};

/// Asserts that a ticket opens nothing: it is not one, or is not good any more.
async fn assert_void(services: &Services, ticket: &str, why: &str) {
    let shown = accounts::openings(services, ticket, None).await;
    assert!(matches!(shown, Err(Error::Unauthenticated)), "{why}: {shown:?}");
    let founded = accounts::enter_founded(services, ticket, "Another", &browser()).await;
    assert!(matches!(founded, Err(Error::Unauthenticated)), "{why}: {founded:?}");
    let nothing = services.db.new_id();
    let restored = accounts::enter_restored(services, ticket, OrganizationId(nothing), &browser()).await;
    assert!(matches!(restored, Err(Error::Unauthenticated)), "{why}: {restored:?}");
    let joined = accounts::enter_invited(services, ticket, nothing.into(), None, &browser()).await;
    assert!(matches!(joined, Err(Error::Unauthenticated)), "{why}: {joined:?}");
}

#[tokio::test]
async fn invitations_that_are_not_open_or_anothers_are_not_offered() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let (leaving, _) = sign_up(&services).await;
    let (email, user) = removed(&services, &clock, &owner).await;
    let (anothers, _) = invite(&services, &clock, &owner, &address(), MEMBER).await;
    let (of_deleted, link_of_deleted) = invite(&services, &clock, &leaving, &email, MEMBER).await;
    delete(&services, &leaving).await;
    let (revoked, revoked_link) = invite(&services, &clock, &owner, &email, ADMIN).await;
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    invitations::revoke(&mut cx, revoked).await.unwrap();
    services.commit(cx).await.unwrap();

    let ticket = arrive(&services, &clock, &email).await;
    for link in [None, Some("nonsense"), Some(link_of_deleted.as_str()), Some(revoked_link.as_str())] {
        let openings = accounts::openings(&services, &ticket, link).await.unwrap();
        assert!(openings.invitations.is_empty(), "{openings:?}");
        for id in [anothers, of_deleted, revoked] {
            assert_not_found(accounts::enter_invited(&services, &ticket, id, link, &browser()).await);
        }
    }
    let (late, late_link) = invite(&services, &clock, &owner, &email, MEMBER).await;
    clock.advance(TimeDelta::days(8));
    let ticket = arrive(&services, &clock, &email).await;
    for link in [None, Some(late_link.as_str())] {
        assert!(accounts::openings(&services, &ticket, link).await.unwrap().invitations.is_empty());
        assert_not_found(accounts::enter_invited(&services, &ticket, late, link, &browser()).await);
    }
    assert_eq!(places_and_sessions(&services, user).await, (0, 0));
}

#[tokio::test]
async fn only_owners_bring_back_and_only_in_time() {
    let (services, clock) = own_services().await;
    let (owner, _) = sign_up(&services).await;
    let (neighbour, _) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let email = address();
    let (_, token) = invite(&services, &clock, &owner, &email, ADMIN).await;
    invitations::accept_as_new(&services, &token, "Drita", PASSWORD, "en", &browser()).await.unwrap();
    delete(&services, &owner).await;
    delete(&services, &neighbour).await;

    // An admin of it, and the owner of another.
    for email in [&email, &neighbour.me.email] {
        let ticket = arrive(&services, &clock, email).await;
        let openings = accounts::openings(&services, &ticket, None).await.unwrap();
        assert!(openings.deleted.iter().all(|place| place.organization_id != organization), "{openings:?}");
        assert_not_found(accounts::enter_restored(&services, &ticket, organization, &browser()).await);
    }
    let restore = async |ticket: &str| accounts::enter_restored(&services, ticket, organization, &browser()).await;
    clock.advance(TimeDelta::days(30));
    let ticket = arrive(&services, &clock, &owner.me.email).await;
    assert!(accounts::openings(&services, &ticket, None).await.unwrap().deleted.is_empty(), "the time is over");
    assert_not_found(restore(&ticket).await);
    upkeep::run(&services).await.unwrap();
    assert_not_found(restore(&ticket).await);
    accounts::enter_founded(&services, &ticket, "Anew", &browser()).await.expect("what is left");
}

#[tokio::test]
async fn of_two_choices_at_once_one_comes_to_something() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let (email, user) = removed(&services, &clock, &owner).await;
    let (first, first_link) = invite(&services, &clock, &owner, &email, MEMBER).await;
    let (second, second_link) = invite(&services, &clock, &other, &email, MEMBER).await;
    let (ticket, browser) = (arrive(&services, &clock, &email).await, browser());
    let (one, two, three) = tokio::join!(
        accounts::enter_invited(&services, &ticket, first, None, &browser),
        accounts::enter_invited(&services, &ticket, second, None, &browser),
        accounts::enter_founded(&services, &ticket, "Third", &browser)
    );
    let all = [one, two, three];
    assert_eq!(all.iter().filter(|entered| entered.is_ok()).count(), 1, "{all:?}");
    let refused = all.iter().filter_map(|entered| entered.as_ref().err());
    assert!(refused.clone().all(|error| matches!(error, Error::Unauthenticated)), "{all:?}");
    assert_eq!(places_and_sessions(&services, user).await, (1, 1));
    let mut open = 0;
    for link in [&first_link, &second_link] {
        open += usize::from(invitations::find(&services, link).await.is_ok());
    }
    assert_eq!(open, if all[2].is_ok() { 2 } else { 1 }, "what came to nothing is as it was");
    assert_void(&services, &ticket, "it has opened a session").await;
}

#[tokio::test]
async fn tickets_of_one_step_are_nothing_at_another() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let (app, codes) = secure(&services, &somebody, &clock).await;
    delete(&services, &somebody).await;
    let second_step = sign_in::ticket(&services, &somebody.me.email).await;
    assert_void(&services, &second_step, "the second step is left").await;
    let code = app.code(&services);
    let entry = ticket(accounts::second_step(&services, &second_step, &code, &browser()).await.unwrap());
    assert!(matches!(accounts::second_step_ways(&services, &entry).await, Err(Error::Unauthenticated)));
    let stepped = accounts::second_step(&services, &entry, &codes[0], &browser()).await;
    assert!(matches!(stepped, Err(Error::Unauthenticated)), "{stepped:?}");
    let by_passkey = accounts::passkey_second_step(&services, &entry, "token", "{}", &browser()).await;
    assert!(matches!(by_passkey, Err(Error::Unauthenticated)), "{by_passkey:?}");
    // That of the password alone is not one of both factors, whatever its holder makes of it.
    let (owner, _) = sign_up(&services).await;
    delete(&services, &owner).await;
    let by_password = arrive(&services, &clock, &owner.me.email).await;
    let mut forged = by_password.clone().into_bytes();
    forged[5] = if forged[5] == b'A' { b'B' } else { b'A' };
    for forged in [String::from_utf8(forged).unwrap(), String::new(), "nonsense".into()] {
        assert_void(&services, &forged, "it is none").await;
    }
    change(&services, owner.me.user_id, "update users set two_factor_secret = 'x' where id = $1").await;
    assert_void(&services, &by_password, "the password alone is not enough any more").await;
    accounts::openings(&services, &entry, None).await.expect("it is still good");
}

#[tokio::test]
async fn a_ticket_ends_with_its_time_a_new_password_and_the_account() {
    let (services, clock) = services().await;
    let arrived = async || {
        let (owner, _) = sign_up(&services).await;
        delete(&services, &owner).await;
        let ticket = arrive(&services, &clock, &owner.me.email).await;
        accounts::openings(&services, &ticket, None).await.expect("it is good");
        (owner, ticket)
    };
    let (_, late) = arrived().await;
    clock.advance(TimeDelta::minutes(11));
    assert_void(&services, &late, "it has run out").await;
    for statement in [RESET, "update users set is_active = false where id = $1"] {
        let (owner, ticket) = arrived().await;
        change(&services, owner.me.user_id, statement).await;
        assert_void(&services, &ticket, statement).await;
    }
    // At the same moment as the choice.
    for statement in [
        RESET,
        "update users set is_active = false where id = $1",
        "update users set two_factor_secret = 'x' where id = $1",
        "update users set last_login_at = last_login_at + interval '1 second' where id = $1",
    ] {
        let (owner, ticket) = arrived().await;
        let (user, browser) = (owner.me.user_id, browser());
        let before = places_and_sessions(&services, user).await.0;
        let founding = accounts::enter_founded(&services, &ticket, "Another", &browser);
        let founded = overtaken(&services, user, statement, founding).await;
        let refused = matches!(founded, Err(Error::Unauthenticated | Error::InvalidCredentials));
        assert!(refused, "{statement}: {founded:?}");
        assert_eq!(places_and_sessions(&services, user).await.0, before, "{statement}");
        assert_void(&services, &ticket, statement).await;
    }
}

#[tokio::test]
async fn a_passkeys_ticket_ends_with_a_new_password_too() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let mut device = Device::new();
    let options = accounts::begin_passkey(&services, &somebody, "Laptop", PASSWORD).await.unwrap();
    accounts::finish_passkey(&services, &somebody, &device.create(&options)).await.unwrap();
    delete(&services, &somebody).await;
    clock.advance(TimeDelta::minutes(1));
    let question = accounts::ask_passkey(&services).await.unwrap();
    let answer = device.get(&question.options);
    let ticket = ticket(accounts::passkey_log_in(&services, &question.token, &answer, &browser()).await.unwrap());
    accounts::openings(&services, &ticket, None).await.expect("it is good");
    change(&services, somebody.me.user_id, RESET).await;
    assert_void(&services, &ticket, "a new password").await;
}

#[tokio::test]
async fn who_belongs_to_a_suspended_organization_is_told_so() {
    let (services, clock) = services().await;
    let (owner, session) = sign_up(&services).await;
    let second = accounts::found_another(&services, &owner, "Second", &browser(), None).await.unwrap().id;
    let there = accounts::authenticate(&services, &session).await.unwrap().unwrap();
    assert_eq!(there.me.organization.id, second);
    delete(&services, &there).await;
    let mut cx = services.db.begin(owner.me.organization.id, db::Actor::System).await.unwrap();
    sqlx::query("update organizations set status = 'suspended' where id = $1")
        .bind(owner.me.organization.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
    services.commit(cx).await.unwrap();
    clock.advance(TimeDelta::minutes(1));
    let entry = accounts::first_step(&services, &owner.me.email, PASSWORD, &browser()).await;
    assert!(matches!(entry, Err(Error::Suspended(_))), "{entry:?}");
}
