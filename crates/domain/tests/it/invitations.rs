//! Invitations: accepted once, by the one who was meant, in time.

use chrono::TimeDelta;
use db::{Actor, testing};
use domain::{
    Error, Services,
    accounts::{self, Authenticated},
    invitations, members, roles,
};
use types::{
    id::{InvitationId, OrganizationId},
    member::{Role, RoleChoice},
    permission::Permission,
};

use crate::{
    mails::{mails_to, newest_text, sign_up, token_of},
    support::{assert_not_found, browser, events, invalid_fields, own_world, services, two_organizations},
};

pub const MEMBER: RoleChoice = RoleChoice { role: Role::Member, custom: None };
pub const ADMIN: RoleChoice = RoleChoice { role: Role::Admin, custom: None };
pub const OWNER: RoleChoice = RoleChoice { role: Role::Owner, custom: None };

pub fn address() -> String {
    format!("{}@example.com", uuid::Uuid::new_v4().simple())
}

/// Invites somebody, and gives the token that the mail brings.
pub async fn invite(
    services: &Services,
    by: &Authenticated,
    email: &str,
    choice: RoleChoice,
) -> (InvitationId, String) {
    invite_as(services, by.me.organization.id, by.actor(), email, choice).await
}

async fn invite_as(
    services: &Services,
    organization: OrganizationId,
    by: Actor,
    email: &str,
    choice: RoleChoice,
) -> (InvitationId, String) {
    let mut cx = services.db.begin(organization, by).await.unwrap();
    let id = invitations::create(services, &mut cx, email, choice).await.unwrap();
    services.commit(cx).await.unwrap();
    (id, token_of(&newest_text(services, email, "invitation").await))
}

#[tokio::test]
async fn somebody_new_accepts_an_invitation_once() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let email = address();
    let (_, token) = invite(services, &owner, &email, ADMIN).await;
    let shown = invitations::find(services, &token).await.unwrap();
    assert_eq!(
        (shown.organization.as_str(), shown.email.as_str(), shown.has_account),
        ("Bukë & Kripë", email.as_str(), false)
    );

    let accept = |name: &'static str, password: &'static str| {
        let (token, browser) = (token.clone(), browser());
        async move { invitations::accept_as_new(services, &token, name, password, "en", &browser).await }
    };
    assert_eq!(invalid_fields(accept("", "short").await), ["name", "password"]);
    let signed_in = accept("Drita", "correct horse battery").await.unwrap();
    assert_eq!((signed_in.me.role, signed_in.me.organization.id), (Role::Admin, owner.me.organization.id));
    assert!(accounts::security(services, signed_in.me.user_id).await.unwrap().email_is_verified);
    assert_not_found(accept("Drita", "correct horse battery").await);
    assert_not_found(invitations::find(services, &token).await);
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    assert_eq!(members::list(&mut cx).await.unwrap().len(), 2);
    assert!(invitations::list(&mut cx).await.unwrap().is_empty());
    let events = events(&mut cx).await;
    assert!(["invitation.created", "member.created"].iter().all(|name| events.iter().any(|event| event == name)));
    let stored: Vec<u8> = sqlx::query_scalar("select token_hash from invitations where organization_id = $1")
        .bind(owner.me.organization.id.0)
        .fetch_one(cx.conn())
        .await
        .unwrap();
    assert_ne!(stored, token.as_bytes());
}

#[tokio::test]
async fn somebody_with_an_account_accepts_and_works_there_from_then_on() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let (guest, session) = sign_up(services).await;
    let (_, token) = invite(services, &owner, &guest.me.email, MEMBER).await;
    assert!(invitations::find(services, &token).await.unwrap().has_account);
    let as_new = invitations::accept_as_new(services, &token, "Thief", "correct horse battery", "en", &browser()).await;
    assert!(matches!(as_new, Err(Error::Conflict(_))), "{as_new:?}");

    invitations::accept(services, &guest, &token, &browser()).await.unwrap();
    let now = accounts::authenticate(services, &session).await.unwrap().unwrap();
    assert_eq!((now.me.organization.id, now.me.role), (owner.me.organization.id, Role::Member));
    assert_eq!(accounts::places(services, &now).await.unwrap().len(), 2);
    assert_not_found(invitations::accept(services, &now, &token, &browser()).await);
}

#[tokio::test]
async fn invitations_run_out_are_sent_again_and_taken_back() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let organization = owner.me.organization.id;
    let email = address();
    let (id, first) = invite(services, &owner, &email, MEMBER).await;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    let taken = invitations::create(services, &mut cx, &email.to_uppercase(), MEMBER).await;
    assert_eq!(invalid_fields(taken), ["email"], "one open invitation for an address");
    let member = invitations::create(services, &mut cx, &owner.me.email, MEMBER).await;
    assert_eq!(invalid_fields(member), ["email"], "a member needs none");
    drop(cx);

    let mut stranger = world.cx_b().await;
    assert_not_found(invitations::resend(services, &mut stranger, id).await);
    assert_not_found(invitations::revoke(&mut stranger, id).await);
    assert!(invitations::list(&mut stranger).await.unwrap().is_empty());
    drop(stranger);

    world.clock.advance(TimeDelta::days(8));
    assert_not_found(invitations::find(services, &first).await);
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    invitations::resend(services, &mut cx, id).await.unwrap();
    services.commit(cx).await.unwrap();
    let second = token_of(&newest_text(services, &email, "invitation").await);
    assert_not_found(invitations::find(services, &first).await);
    invitations::find(services, &second).await.unwrap();

    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    invitations::revoke(&mut cx, id).await.unwrap();
    services.commit(cx).await.unwrap();
    assert_not_found(invitations::find(services, &second).await);
    // One that ran out does not stand in the way of a new one.
    let (_, third) = invite(services, &owner, &email, MEMBER).await;
    world.clock.advance(TimeDelta::days(8));
    let (_, fourth) = invite(services, &owner, &email, MEMBER).await;
    assert_ne!(third, fourth);
    assert_eq!(mails_to(services, &email).await.len(), 4);
}

/// Otherwise who was removed comes back by an invitation to a second address, with the role that they had.
#[tokio::test]
async fn an_invitation_ends_with_the_right_to_give_it() {
    let world = two_organizations().await;
    let (services, organization) = (&world.services, world.a.id);
    let mut people = Vec::new();
    for role in [Role::Owner, Role::Owner, Role::Admin, Role::Admin, Role::Admin] {
        people.push(testing::member(&services.db, &world.a, "Gent", role).await);
    }
    let [removed, demoted, left, promoted, limited] = &people[..] else { panic!("five people") };
    let mut cx = world.cx_a().await;
    let permissions = [Permission::MembersRead, Permission::MembersWrite, Permission::AuditRead];
    let role = roles::create(&mut cx, "People", &permissions).await.unwrap();
    let custom = RoleChoice { role: Role::Member, custom: Some(role) };
    members::change_role(&mut cx, limited.member_id().unwrap(), custom).await.unwrap();
    services.commit(cx).await.unwrap();
    let Actor::Member { id, user_id, name, .. } = limited.clone() else { panic!("a member") };
    let limited = Actor::Member {
        id,
        user_id,
        name,
        role: Role::Member,
        permissions: permissions.into_iter().collect(),
        impersonator: None,
    };
    let give = async |by: &Actor, choice: RoleChoice| {
        invite_as(services, organization, by.clone(), &address(), choice).await.1
    };
    let gone = [
        give(removed, OWNER).await,
        give(removed, MEMBER).await,
        give(demoted, OWNER).await,
        give(left, ADMIN).await,
        give(&limited, custom).await,
    ];
    let kept = [
        give(&world.a.owner, OWNER).await,
        give(promoted, ADMIN).await,
        invite_as(services, world.b.id, world.b.owner.clone(), &address(), OWNER).await.1,
    ];

    let mut cx = world.cx_a().await;
    members::remove(&mut cx, removed.member_id().unwrap()).await.unwrap();
    members::change_role(&mut cx, demoted.member_id().unwrap(), ADMIN).await.unwrap();
    members::change_role(&mut cx, promoted.member_id().unwrap(), OWNER).await.unwrap();
    roles::update(&mut cx, role, "People", &permissions[..2]).await.unwrap();
    services.commit(cx).await.unwrap();
    let mut cx = world.cx(&world.a, left.clone()).await;
    members::leave(&mut cx).await.unwrap();
    services.commit(cx).await.unwrap();

    let (guest, _) = sign_up(services).await;
    for token in &gone {
        assert_not_found(invitations::find(services, token).await);
        assert_not_found(invitations::accept(services, &guest, token, &browser()).await);
    }
    for token in &kept {
        invitations::find(services, token).await.expect("still open");
    }
    let mut cx = world.cx_a().await;
    assert_eq!(invitations::list(&mut cx).await.unwrap().len(), 2);
    let deleted = events(&mut cx).await.iter().filter(|name| *name == "invitation.deleted").count();
    assert_eq!(deleted, gone.len());
    let logged: i64 = sqlx::query_scalar(
        "select count(*) from audit_logs where organization_id = $1 and action = 'invitation.deleted'",
    )
    .bind(organization.0)
    .fetch_one(cx.conn())
    .await
    .unwrap();
    assert_eq!(logged, 5);
}

#[tokio::test]
async fn an_invitation_is_sent_again_after_a_pause_by_who_may_give_its_role() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let (id, _) = invite(&services, &owner, &address(), ADMIN).await;
    let resend = async |actor: Actor| {
        let mut cx = services.db.begin(organization, actor).await.unwrap();
        invitations::resend(&services, &mut cx, id).await?;
        services.commit(cx).await
    };
    clock.advance(TimeDelta::minutes(4));
    let soon = resend(owner.actor()).await;
    assert!(matches!(soon, Err(Error::RateLimited { retry_after_seconds: 61 })), "{soon:?}");
    clock.advance(TimeDelta::minutes(1));
    let Actor::Member { id: member, user_id, name, .. } = owner.actor() else { panic!("a member") };
    let permissions = [Permission::MembersRead, Permission::MembersWrite].into_iter().collect();
    let limited = Actor::Member { id: member, user_id, name, role: Role::Member, permissions, impersonator: None };
    let refused = resend(limited).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "nobody gives a role that may do more: {refused:?}");
    resend(owner.actor()).await.unwrap();
    let soon = resend(owner.actor()).await;
    assert!(matches!(soon, Err(Error::RateLimited { .. })), "{soon:?}");
}

#[tokio::test]
async fn an_organization_mails_so_many_invitations_in_a_day() {
    let world = own_world().await;
    let services = &world.services;
    sqlx::query(
        "insert into mails (id, organization_id, kind, recipient, subject, status, created_at)
         select gen_random_uuid(), $1, 'invitation', 'guest@example.com', '', 'kept', $2 from generate_series(1, 499)",
    )
    .bind(world.a.id.0)
    .bind(services.db.now())
    .execute(services.db.system().pool())
    .await
    .unwrap();
    world.clock.advance(TimeDelta::hours(23));
    let mut cx = world.cx_a().await;
    let last = invitations::create(services, &mut cx, &address(), MEMBER).await.unwrap();
    services.commit(cx).await.unwrap();
    let beyond = invitations::create(services, &mut world.cx_a().await, &address(), MEMBER).await;
    assert!(matches!(beyond, Err(Error::RateLimited { retry_after_seconds: 3601 })), "{beyond:?}");
    world.clock.advance(TimeDelta::minutes(6));
    let again = invitations::resend(services, &mut world.cx_a().await, last).await;
    assert!(matches!(again, Err(Error::RateLimited { .. })), "{again:?}");
    invitations::create(services, &mut world.cx_b().await, &address(), MEMBER).await.expect("the neighbour's own");
    world.clock.advance(TimeDelta::minutes(54));
    invitations::resend(services, &mut world.cx_a().await, last).await.unwrap();
}
