//! Members, invitations, custom roles and teams.

use db::{Actor, testing};
use domain::{
    Error, Services,
    accounts::{self, Authenticated},
    conversations, invitations, members, roles, teams,
};
use types::{
    id::{InvitationId, MemberId, RoleId, TeamId},
    member::{Role, RoleChoice, TeamInput},
    permission::Permission,
};

use crate::{
    mails::{mails_to, newest_text, sign_up, token_of},
    support::{World, assert_not_found, browser, events, invalid_fields, two_organizations},
};

const MEMBER: RoleChoice = RoleChoice { role: Role::Member, custom: None };
const ADMIN: RoleChoice = RoleChoice { role: Role::Admin, custom: None };
const OWNER: RoleChoice = RoleChoice { role: Role::Owner, custom: None };

fn address() -> String {
    format!("{}@example.com", uuid::Uuid::new_v4().simple())
}

/// Invites somebody, and gives the token that the mail brings.
async fn invite(services: &Services, by: &Authenticated, email: &str, choice: RoleChoice) -> (InvitationId, String) {
    let mut cx = services.db.begin(by.me.organization.id, by.actor()).await.unwrap();
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

    world.clock.advance(chrono::TimeDelta::days(8));
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
    world.clock.advance(chrono::TimeDelta::days(8));
    let (_, fourth) = invite(services, &owner, &email, MEMBER).await;
    assert_ne!(third, fourth);
    assert_eq!(mails_to(services, &email).await.len(), 4);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let world = two_organizations().await;
    let services = &world.services;
    let admin = testing::member(&services.db, &world.a, "Adi", Role::Admin).await;
    let plain = testing::member(&services.db, &world.a, "Pal", Role::Member).await;
    let owner = world.member_a();
    let mut cx = world.cx_a().await;
    let people = [Permission::MembersRead, Permission::MembersWrite, Permission::ConversationsRead];
    let role = roles::create(&mut cx, "People", &people).await.unwrap();
    let custom = RoleChoice { role: Role::Member, custom: Some(role) };
    let plain_id = plain.member_id().unwrap();
    members::change_role(&mut cx, plain_id, custom).await.unwrap();
    services.commit(cx).await.unwrap();

    let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
    let mut cx = world.cx(&world.a, admin.clone()).await;
    refused(members::change_role(&mut cx, plain_id, OWNER).await);
    refused(members::change_role(&mut cx, owner, MEMBER).await);
    refused(members::remove(&mut cx, owner).await);
    refused(invitations::create(services, &mut cx, &address(), OWNER).await.map(|_| ()));
    members::change_role(&mut cx, plain_id, ADMIN).await.unwrap();
    drop(cx);

    let limited = match plain.clone() {
        Actor::Member { id, user_id, name, role, impersonator, .. } => {
            Actor::Member { id, user_id, name, role, permissions: people.into_iter().collect(), impersonator }
        }
        other => other,
    };
    let mut cx = world.cx(&world.a, limited).await;
    refused(members::change_role(&mut cx, plain_id, ADMIN).await);
    refused(members::change_role(&mut cx, plain_id, MEMBER).await);
    refused(members::remove(&mut cx, admin.member_id().unwrap()).await);
    refused(roles::create(&mut cx, "More", &[Permission::AuditRead]).await.map(|_| ()));
    roles::update(&mut cx, role, "Fewer", &[Permission::MembersRead]).await.unwrap();
    invitations::create(services, &mut cx, &address(), custom).await.unwrap();
    drop(cx);

    let mut cx = world.cx(&world.a, plain).await;
    for result in [
        members::change_role(&mut cx, owner, MEMBER).await,
        members::remove(&mut cx, owner).await,
        invitations::create(services, &mut cx, &address(), MEMBER).await.map(|_| ()),
        roles::create(&mut cx, "Mine", &[]).await.map(|_| ()),
        teams::create(&mut cx, TeamInput::default()).await.map(|_| ()),
    ] {
        assert!(matches!(result, Err(Error::Forbidden(Permission::MembersWrite))), "{result:?}");
    }
}

#[tokio::test]
async fn the_last_owner_stays_also_when_two_go_at_once() {
    let world = two_organizations().await;
    let services = &world.services;
    let mut cx = world.cx_a().await;
    let first = world.member_a();
    for result in [members::change_role(&mut cx, first, ADMIN).await, members::leave(&mut cx).await] {
        assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    }
    drop(cx);
    for _ in 0..5 {
        let second = testing::member(&services.db, &world.b, "Second", Role::Owner).await;
        let leave = async |actor: Actor| {
            let mut cx = services.db.begin(world.b.id, actor).await?;
            members::leave(&mut cx).await?;
            services.commit(cx).await
        };
        let demote = async |by: Actor, whom: MemberId| {
            let mut cx = services.db.begin(world.b.id, by).await?;
            members::change_role(&mut cx, whom, ADMIN).await?;
            services.commit(cx).await
        };
        let owner = world.b.owner.clone();
        let (left, demoted) = tokio::join!(leave(second.clone()), demote(second.clone(), owner.member_id().unwrap()));
        let kept = [&left, &demoted].iter().filter(|result| result.is_err()).count();
        assert_eq!(kept, 1, "{left:?} {demoted:?}");
        let mut cx = services.db.begin(world.b.id, Actor::System).await.unwrap();
        let owners: Vec<uuid::Uuid> =
            sqlx::query_scalar("select id from members where organization_id = $1 and role = 'owner'")
                .bind(world.b.id.0)
                .fetch_all(cx.conn())
                .await
                .unwrap();
        assert_eq!(owners.len(), 1);
        // For the next round: the first owner again, alone.
        sqlx::query(
            "update members set role = case when id = $2 then 'owner' else 'member' end where organization_id = $1",
        )
        .bind(world.b.id.0)
        .bind(owner.member_id().unwrap().0)
        .execute(cx.conn())
        .await
        .unwrap();
        cx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_member_who_was_removed_is_out_at_once() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let (guest, session) = sign_up(services).await;
    let (_, token) = invite(services, &owner, &guest.me.email, MEMBER).await;
    invitations::accept(services, &guest, &token, &browser()).await.unwrap();
    let there = accounts::authenticate(services, &session).await.unwrap().unwrap();

    let mut stranger = world.cx_b().await;
    assert_not_found(members::remove(&mut stranger, there.me.member_id).await);
    assert_not_found(members::change_role(&mut stranger, there.me.member_id, ADMIN).await);
    assert_not_found(members::set_team(&mut stranger, there.me.member_id, None).await);
    drop(stranger);
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    members::remove(&mut cx, there.me.member_id).await.unwrap();
    services.commit(cx).await.unwrap();
    assert!(accounts::authenticate(services, &session).await.unwrap().is_none());
    let again = accounts::log_in(services, &guest.me.email, "correct horse battery", &browser()).await.unwrap();
    assert_eq!(again.me.organization.id, guest.me.organization.id, "the own organization is still there");
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    let logged: Vec<String> = sqlx::query_scalar("select action from audit_logs where organization_id = $1")
        .bind(owner.me.organization.id.0)
        .fetch_all(cx.conn())
        .await
        .unwrap();
    for action in ["invitation.created", "member.created", "invitation.accepted", "member.deleted"] {
        assert!(logged.iter().any(|logged| logged == action), "{action} in {logged:?}");
    }
}

#[tokio::test]
async fn a_custom_role_says_what_its_members_may_do() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let (guest, session) = sign_up(services).await;
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    let role = roles::create(&mut cx, " Auditor ", &[Permission::AuditRead, Permission::MembersRead]).await.unwrap();
    assert_eq!(invalid_fields(roles::create(&mut cx, "Auditor", &[]).await), ["name"]);
    services.commit(cx).await.unwrap();
    let choice = RoleChoice { role: Role::Member, custom: Some(role) };
    let (_, token) = invite(services, &owner, &guest.me.email, choice).await;
    invitations::accept(services, &guest, &token, &browser()).await.unwrap();

    let there = async || accounts::authenticate(services, &session).await.unwrap().unwrap();
    let may = async |permission| there().await.actor().may(permission);
    assert!(may(Permission::AuditRead).await && !may(Permission::ConversationsRead).await);
    let actor = there().await.actor();
    let mut cx = services.db.begin(owner.me.organization.id, actor).await.unwrap();
    let refused = conversations::counts(&mut cx).await;
    assert!(matches!(refused, Err(Error::Forbidden(Permission::ConversationsRead))), "{refused:?}");
    drop(cx);

    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    roles::update(&mut cx, role, "Reader", &[Permission::ConversationsRead]).await.unwrap();
    services.commit(cx).await.unwrap();
    assert!(may(Permission::ConversationsRead).await && !may(Permission::AuditRead).await);
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    let listed = roles::list(&mut cx).await.unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].members), ("Reader", 1));
    let used = roles::delete(&mut cx, role).await;
    assert!(matches!(used, Err(Error::Conflict(_))), "{used:?}");
    members::change_role(&mut cx, there().await.me.member_id, MEMBER).await.unwrap();
    roles::delete(&mut cx, role).await.unwrap();
    assert_not_found(roles::delete(&mut cx, role).await);
    drop(cx);

    let mut stranger = world.cx_b().await;
    assert!(roles::list(&mut stranger).await.unwrap().is_empty());
    assert_not_found(roles::update(&mut stranger, role, "Mine", &[]).await);
    assert_not_found(roles::delete(&mut stranger, role).await);
    let theirs = RoleChoice { role: Role::Member, custom: Some(role) };
    assert_not_found(invitations::create(services, &mut stranger, &address(), theirs).await);
    let own = RoleChoice { role: Role::Member, custom: Some(RoleId(uuid::Uuid::nil())) };
    assert_not_found(invitations::create(services, &mut stranger, &address(), own).await);
}

fn team(name: &str, parent_id: Option<TeamId>) -> TeamInput {
    TeamInput { name: name.into(), parent_id, ..TeamInput::default() }
}

async fn teams_of(world: &World) -> Vec<(String, Option<TeamId>, i64)> {
    let mut cx = world.cx_a().await;
    teams::list(&mut cx).await.unwrap().into_iter().map(|team| (team.name, team.parent_id, team.members)).collect()
}

#[tokio::test]
async fn teams_are_a_tree_without_circles() {
    let world = two_organizations().await;
    let services = &world.services;
    let mut cx = world.cx_a().await;
    let top = teams::create(&mut cx, team("Top", None)).await.unwrap();
    let middle = teams::create(&mut cx, team("Middle", Some(top))).await.unwrap();
    let low = teams::create(&mut cx, team("Low", Some(middle))).await.unwrap();
    assert_eq!(invalid_fields(teams::create(&mut cx, team("Top", None)).await), ["name"]);
    for below in [top, middle, low] {
        assert_eq!(invalid_fields(teams::update(&mut cx, top, team("Top", Some(below))).await), ["parent_id"]);
    }
    let managed = TeamInput { manager_id: Some(world.member_a()), ..team("Low", Some(top)) };
    teams::update(&mut cx, low, managed).await.unwrap();
    members::set_team(&mut cx, world.member_a(), Some(low)).await.unwrap();
    services.commit(cx).await.unwrap();
    let listed = teams_of(&world).await;
    assert_eq!(listed, [("Low".into(), Some(top), 1), ("Middle".into(), Some(top), 0), ("Top".into(), None, 0)]);

    let mut stranger = world.cx_b().await;
    assert!(teams::list(&mut stranger).await.unwrap().is_empty());
    assert_not_found(teams::update(&mut stranger, top, team("Mine", None)).await);
    assert_not_found(teams::delete(&mut stranger, top).await);
    assert_eq!(invalid_fields(teams::create(&mut stranger, team("Sub", Some(top))).await), ["parent_id"]);
    let managed = TeamInput { manager_id: Some(world.member_a()), ..team("Sub", None) };
    assert_eq!(invalid_fields(teams::create(&mut stranger, managed).await), ["manager_id"]);
    let stranger_id = world.b.owner.member_id().unwrap();
    assert_eq!(invalid_fields(members::set_team(&mut stranger, stranger_id, Some(top)).await), ["team_id"]);
    drop(stranger);

    let mut cx = world.cx_a().await;
    teams::delete(&mut cx, top).await.unwrap();
    teams::delete(&mut cx, low).await.unwrap();
    services.commit(cx).await.unwrap();
    assert_eq!(teams_of(&world).await, [("Middle".into(), None, 0)]);
}

#[tokio::test]
async fn two_moves_at_once_do_not_close_a_circle() {
    let world = two_organizations().await;
    let services = &world.services;
    let mut cx = world.cx_a().await;
    let left = teams::create(&mut cx, team("Left", None)).await.unwrap();
    let right = teams::create(&mut cx, team("Right", None)).await.unwrap();
    services.commit(cx).await.unwrap();
    let put = async |id: TeamId, name: &str, parent: TeamId| {
        let mut cx = world.cx_a().await;
        teams::update(&mut cx, id, team(name, Some(parent))).await?;
        services.commit(cx).await
    };
    let (first, second) = tokio::join!(put(left, "Left", right), put(right, "Right", left));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}
