//! Somebody who belongs to no active organization: the ways in that the ticket opens.

mod refusals;

use chrono::TimeDelta;
use db::testing::ManualClock;
use domain::{
    Error, Services,
    accounts::{self, Authenticated, Entry},
    channels, invitations, members, organizations, platform,
};
use types::{
    id::{InvitationId, OrganizationId, UserId},
    member::{Role, RoleChoice},
    platform::FeatureFlag,
};

use crate::{
    accounts::PASSWORD,
    authenticator::Device,
    invitations::{ADMIN, MEMBER, address},
    mails::sign_up,
    platform::operator,
    sign_in::{self, secure},
    support::{assert_not_found, browser, events, invalid_fields, own_services, seal, services},
};

/// The ticket of somebody who has proven everything and belongs to no active organization.
pub fn ticket(entry: Entry) -> String {
    match entry {
        Entry::NoOrganization(ticket) => ticket,
        other => panic!("no such ticket: {other:?}"),
    }
}

/// Signs in with the password, a minute after what was before: no two sign-ins are of one moment.
pub async fn arrive(services: &Services, clock: &ManualClock, email: &str) -> String {
    clock.advance(TimeDelta::minutes(1));
    ticket(accounts::first_step(services, email, PASSWORD, &browser()).await.unwrap())
}

/// Invites somebody a minute later: no two mails are of one moment.
async fn invite(
    services: &Services,
    clock: &ManualClock,
    by: &Authenticated,
    email: &str,
    choice: RoleChoice,
) -> (InvitationId, String) {
    clock.advance(TimeDelta::minutes(1));
    crate::invitations::invite(services, by, email, choice).await
}

/// Somebody whom an organization has let in and removed again. The address is confirmed.
async fn removed(services: &Services, clock: &ManualClock, owner: &Authenticated) -> (String, UserId) {
    let email = address();
    let (_, token) = invite(services, clock, owner, &email, MEMBER).await;
    let me = invitations::accept_as_new(services, &token, "Drita", PASSWORD, "en", &browser()).await.unwrap().me;
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    members::remove(&mut cx, me.member_id).await.unwrap();
    services.commit(cx).await.unwrap();
    (email, me.user_id)
}

pub async fn delete(services: &Services, owner: &Authenticated) {
    let organization = &owner.me.organization;
    let mut cx = services.db.begin(organization.id, owner.actor()).await.unwrap();
    organizations::delete(&mut cx, &organization.name).await.unwrap();
    services.commit(cx).await.unwrap();
}

async fn change(services: &Services, user: UserId, statement: &str) {
    sqlx::query(statement).bind(user.0).execute(services.db.system().pool()).await.unwrap();
}

/// How many organizations a person belongs to, and how many sessions there are.
async fn places_and_sessions(services: &Services, user: UserId) -> (i64, i64) {
    sqlx::query_as(
        "select (select count(*) from user_organizations where user_id = $1),
                (select count(*) from sessions where user_id = $1)",
    )
    .bind(user.0)
    .fetch_one(services.db.system().pool())
    .await
    .unwrap()
}

/// What an organization's log says last, and who did it.
async fn last_logged(services: &Services, organization: OrganizationId, count: usize) -> Vec<(String, String)> {
    seal(services).await;
    let mut cx = services.db.begin(organization, db::Actor::System).await.unwrap();
    let rows: Vec<(String, String)> =
        sqlx::query_as("select action, actor_type from audit_logs where organization_id = $1 order by seq")
            .bind(organization.0)
            .fetch_all(cx.conn())
            .await
            .unwrap();
    rows[rows.len() - count..].to_vec()
}

fn logged(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(action, actor)| ((*action).to_owned(), (*actor).to_owned())).collect()
}

#[tokio::test]
async fn who_was_removed_is_invited_again_and_joins() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let (email, user) = removed(&services, &clock, &owner).await;
    let (first, link) = invite(&services, &clock, &owner, &email.to_uppercase(), ADMIN).await;
    let (second, _) = invite(&services, &clock, &other, &email, MEMBER).await;

    assert!(invitations::find(&services, &link).await.unwrap().has_account);
    let refused = accounts::log_in(&services, &email, PASSWORD, &browser()).await;
    assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("/login")), "{refused:?}");
    let ticket = arrive(&services, &clock, &email).await;
    assert_eq!(places_and_sessions(&services, user).await, (0, 0), "nothing is open yet");
    let openings = accounts::openings(&services, &ticket, None).await.unwrap();
    assert_eq!((openings.email.as_str(), openings.email_is_verified, openings.may_found), (email.as_str(), true, true));
    assert!(openings.deleted.is_empty());
    let offered = async |link| {
        let openings = accounts::openings(&services, &ticket, link).await.unwrap();
        openings.invitations.into_iter().map(|offer| offer.id).collect::<Vec<_>>()
    };
    assert_eq!(offered(None).await, [second, first], "the newest first");
    assert_eq!(offered(Some(&link)).await, [first, second], "that from which the person came, once");

    let entered = accounts::enter_invited(&services, &ticket, first, None, &browser()).await.unwrap();
    assert_eq!((entered.me.user_id, entered.me.role), (user, Role::Admin));
    assert_eq!(entered.me.organization.id, owner.me.organization.id);
    let there = accounts::authenticate(&services, &entered.token).await.unwrap().unwrap();
    assert_eq!(there.me, entered.me);
    assert_not_found(invitations::find(&services, &link).await);
    let rows = [("member.created", "system"), ("invitation.accepted", "system"), ("session.created", "member")];
    assert_eq!(last_logged(&services, owner.me.organization.id, 3).await, logged(&rows));
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    let joined = events(&mut cx).await.iter().filter(|name| *name == "member.created").count();
    assert_eq!(joined, 3, "the owner, and twice the guest");
}

#[tokio::test]
async fn the_link_that_one_came_by_counts_whatever_address_it_was_sent_to() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let (email, user) = removed(&services, &clock, &owner).await;
    let (invitation, link) = invite(&services, &clock, &owner, &address(), MEMBER).await;
    // Nobody knows any more whose address it is: what was sent there is not told of, what brought the person is.
    change(&services, user, "update users set email_verified_at = null where id = $1").await;
    let (own, own_link) = invite(&services, &clock, &owner, &email, MEMBER).await;
    let ticket = arrive(&services, &clock, &email).await;
    let openings = accounts::openings(&services, &ticket, None).await.unwrap();
    assert!(openings.invitations.is_empty() && !openings.email_is_verified, "{openings:?}");
    for (id, link) in [(own, None), (invitation, None), (own, Some(link.as_str()))] {
        assert_not_found(accounts::enter_invited(&services, &ticket, id, link, &browser()).await);
    }
    let openings = accounts::openings(&services, &ticket, Some(&own_link)).await.unwrap();
    assert_eq!(openings.invitations.iter().map(|offer| offer.id).collect::<Vec<_>>(), [own]);
    let entered = accounts::enter_invited(&services, &ticket, invitation, Some(&link), &browser()).await.unwrap();
    assert_eq!(entered.me.organization.id, owner.me.organization.id);
    assert!(!accounts::security(&services, user).await.unwrap().email_is_verified, "it came to another address");
}

#[tokio::test]
async fn an_owner_brings_the_only_organization_back() {
    let (services, clock) = services().await;
    let (owner, session) = sign_up(&services).await;
    let (user, organization) = (owner.me.user_id, owner.me.organization.id);
    delete(&services, &owner).await;
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_none());
    let ticket = arrive(&services, &clock, &owner.me.email).await;
    let openings = accounts::openings(&services, &ticket, None).await.unwrap();
    let deleted: Vec<_> = openings.deleted.iter().map(|place| (place.organization_id, place.role)).collect();
    assert_eq!(deleted, [(organization, Role::Owner)]);

    let (one, two) =
        tokio::join!(async { accounts::enter_restored(&services, &ticket, organization, &browser()).await }, async {
            accounts::enter_restored(&services, &ticket, organization, &browser()).await
        });
    assert!(one.is_ok() != two.is_ok(), "one session: {one:?} {two:?}");
    let entered = one.or(two).unwrap();
    assert_eq!((entered.me.user_id, entered.me.organization.id), (user, organization));
    assert_eq!(accounts::authenticate(&services, &entered.token).await.unwrap().unwrap().me, owner.me);
    let rows = [("organization.restored", "member"), ("session.created", "member")];
    assert_eq!(last_logged(&services, organization, 2).await, logged(&rows));
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    assert_eq!(events(&mut cx).await.iter().filter(|name| *name == "organization.restored").count(), 1);
}

#[tokio::test]
async fn who_has_no_organization_founds_one_with_all_that_a_first_answer_needs() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let (email, user) = removed(&services, &clock, &owner).await;
    let ticket = arrive(&services, &clock, &email).await;
    let found = async |name: &str| accounts::enter_founded(&services, &ticket, name, &browser()).await;
    assert_eq!(invalid_fields(found(" ").await), ["organization_name"]);
    let entered = found("Alba Coffee").await.unwrap();
    assert_eq!((entered.me.user_id, entered.me.role), (user, Role::Owner));
    assert_eq!(entered.me.organization.name, "Alba Coffee");
    let there = accounts::authenticate(&services, &entered.token).await.unwrap().unwrap();
    let mut cx = services.db.begin(there.me.organization.id, there.actor()).await.unwrap();
    assert_eq!(channels::list(&mut cx).await.unwrap().len(), 1);
    drop(cx);
    let rows = [("channel.created", "member"), ("organization.created", "member"), ("session.created", "member")];
    assert_eq!(last_logged(&services, there.me.organization.id, 3).await, logged(&rows));
    assert!(matches!(found("Another").await, Err(Error::Unauthenticated)), "the ticket opens one session");
    accounts::log_in(&services, &email, PASSWORD, &browser()).await.expect("as everybody");
}

#[tokio::test]
async fn a_second_factor_and_a_passkey_lead_to_the_same_place() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let email = &somebody.me.email;
    let (app, _) = secure(&services, &somebody, &clock).await;
    delete(&services, &somebody).await;
    let (first, code) = (sign_in::ticket(&services, email).await, app.code(&services));
    let after_code = ticket(accounts::second_step(&services, &first, &code, &browser()).await.unwrap());
    let entered = accounts::enter_founded(&services, &after_code, "With an app", &browser()).await.unwrap();
    assert_eq!(entered.me.organization.name, "With an app");

    let (somebody, _) = sign_up(&services).await;
    let mut device = Device::new();
    let options = accounts::begin_passkey(&services, &somebody, "Laptop", PASSWORD).await.unwrap();
    accounts::finish_passkey(&services, &somebody, &device.create(&options)).await.unwrap();
    delete(&services, &somebody).await;
    clock.advance(TimeDelta::minutes(1));
    let question = accounts::ask_passkey(&services).await.unwrap();
    let answer = device.get(&question.options);
    let alone = ticket(accounts::passkey_log_in(&services, &question.token, &answer, &browser()).await.unwrap());
    let organization = somebody.me.organization.id;
    let entered = accounts::enter_restored(&services, &alone, organization, &browser()).await.unwrap();
    assert_eq!(entered.me.organization.id, organization);

    // And after the password.
    delete(&services, &somebody).await;
    clock.advance(TimeDelta::minutes(1));
    let first = sign_in::ticket(&services, &somebody.me.email).await;
    let question = accounts::ask_passkey(&services).await.unwrap();
    let answer = device.get(&question.options);
    let entry = accounts::passkey_second_step(&services, &first, &question.token, &answer, &browser()).await;
    let after_passkey = ticket(entry.unwrap());
    accounts::enter_restored(&services, &after_passkey, organization, &browser()).await.unwrap();
}

#[tokio::test]
async fn while_sign_up_is_closed_nobody_founds_but_may_come_back() {
    let (services, clock) = own_services().await;
    let admin = operator(&services).await;
    let (owner, _) = sign_up(&services).await;
    delete(&services, &owner).await;
    platform::set_flag(&services, &admin.operator, FeatureFlag::SignUp, false).await.unwrap();
    let ticket = arrive(&services, &clock, &owner.me.email).await;
    let openings = accounts::openings(&services, &ticket, None).await.unwrap();
    assert!(!openings.may_found && openings.deleted.len() == 1, "{openings:?}");
    let refused = accounts::enter_founded(&services, &ticket, "Second", &browser()).await;
    assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("closed")), "{refused:?}");
    accounts::enter_restored(&services, &ticket, owner.me.organization.id, &browser()).await.unwrap();
}
