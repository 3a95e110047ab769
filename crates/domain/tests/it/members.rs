//! Members and their roles: nobody gives more than they have, and the last owner stays.

use db::{Actor, testing};
use domain::{
    Error, accounts, api_keys, conversations, invitations,
    jobs::{self, Job},
    members, roles, teams,
};
use futures::future::BoxFuture;
use types::{
    api_key::CreateApiKey,
    conversation::{InboxFilter, InboxList, Owner},
    id::{MemberId, RoleId},
    member::{Role, RoleChoice, TeamInput},
    permission::Permission,
};

use crate::{
    desk::{desk, lines},
    invitations::{ADMIN, MEMBER, OWNER, address, invite},
    mails::sign_up,
    support::{assert_not_found, browser, invalid_fields, two_organizations},
};

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
    invitations::create(services, &mut cx, &address(), custom).await.unwrap();
    roles::update(&mut cx, role, "Fewer", &[Permission::MembersRead]).await.unwrap();
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
async fn conversations_of_a_removed_member_are_nobodys() {
    let desk = desk().await;
    let (ana, ben) = (desk.colleague("Ana Kola").await, desk.colleague("Ben Kola").await);
    let [ana, ben] = [ana, ben].map(|actor| actor.member_id().unwrap());
    let [open, other, closed, bens] =
        [desk.conversation().await, desk.conversation().await, desk.conversation().await, desk.conversation().await]
            .map(|(_, id)| id);
    let mut cx = desk.cx().await;
    for id in [open, other, closed] {
        conversations::assign(&mut cx, id, Some(ana)).await.unwrap();
    }
    conversations::assign(&mut cx, bens, Some(ben)).await.unwrap();
    conversations::close(&mut cx, closed).await.unwrap();
    let team = TeamInput { name: "Desk".into(), manager_id: Some(ana), ..TeamInput::default() };
    teams::create(&mut cx, team).await.unwrap();
    let before = members::list(&mut cx).await.unwrap().len();
    members::remove(&mut cx, ana).await.unwrap();
    desk.services.commit(cx).await.unwrap();

    // Before the job has gone through them nobody sees any more that they were hers, and whoever takes one gets it.
    let mut cx = desk.cx().await;
    assert_eq!(members::list(&mut cx).await.unwrap().len(), before - 1);
    assert_not_found(members::get(&mut cx, ana).await);
    assert_not_found(members::remove(&mut cx, ana).await);
    assert_not_found(members::set_team(&mut cx, ana, None).await);
    assert_eq!(teams::list(&mut cx).await.unwrap()[0].manager_id, None);
    assert_eq!(invalid_fields(conversations::assign(&mut cx, bens, Some(ana)).await), ["assignee"]);
    let team = TeamInput { name: "Door".into(), manager_id: Some(ana), ..TeamInput::default() };
    assert_eq!(invalid_fields(teams::create(&mut cx, team).await), ["manager_id"]);
    let taken = conversations::take_over(&mut cx, other).await.unwrap().summary;
    assert_eq!(taken.assignee_id, desk.world.a.owner.member_id());
    desk.services.commit(cx).await.unwrap();
    assert_eq!(desk.get(open).await.summary.assignee_id, None);

    // The job may be cut off and run again. What it is not about stays.
    for _ in 0..2 {
        let job = Job::ReleaseMember { organization_id: desk.world.a.id, member_id: ana };
        jobs::run(&desk.services, job).await.unwrap();
        let job = Job::ReleaseMember { organization_id: desk.world.a.id, member_id: ben };
        jobs::run(&desk.services, job).await.unwrap();
    }
    let shown = desk.get(open).await.summary;
    assert_eq!((shown.owner, shown.assignee_id), (Owner::Nobody, None));
    assert_eq!(lines(&desk.thread(open).await), ["assigned", "unassigned"]);
    assert_eq!(lines(&desk.thread(closed).await), ["assigned", "closed"]);
    let [other, bens] = [desk.get(other).await.summary, desk.get(bens).await.summary];
    assert_eq!((other.assignee_id, bens.assignee_id), (desk.world.a.owner.member_id(), Some(ben)));
    let unassigned = InboxFilter { list: Some(InboxList::Unassigned), ..InboxFilter::default() };
    let mut cx = desk.cx().await;
    let listed = conversations::list(&mut cx, &unassigned).await.unwrap().items;
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [open]);

    // Where the job was given up, the daily upkeep goes on.
    members::remove(&mut cx, ben).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    jobs::run(&desk.services, Job::Upkeep).await.unwrap();
    let mut cx = desk.cx().await;
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from members where organization_id = $1 and id = any($2))
              + (select count(*) from conversations where organization_id = $1 and assignee_id = any($2))",
    )
    .bind(desk.world.a.id.0)
    .bind([ana.0, ben.0])
    .fetch_one(cx.conn())
    .await
    .unwrap();
    assert_eq!(left, 0);
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

/// A request may be let in long before it is carried out: its body comes as slowly as it likes.
#[tokio::test]
async fn rights_that_were_taken_away_since_let_nobody_else_in() {
    type Lose = for<'a> fn(&'a mut db::Cx, MemberId) -> BoxFuture<'a, domain::Result<()>>;
    let world = two_organizations().await;
    let services = &world.services;
    let lose: [Lose; 2] = [
        |cx, id| Box::pin(async move { members::change_role(cx, id, MEMBER).await.map(drop) }),
        |cx, id| Box::pin(members::remove(cx, id)),
    ];
    for lose in lose {
        let admin = testing::member(&services.db, &world.a, "Adi", Role::Admin).await;
        let mut cx = world.cx_a().await;
        lose(&mut cx, admin.member_id().unwrap()).await.unwrap();
        services.commit(cx).await.unwrap();
        let mut cx = world.cx(&world.a, admin).await;
        let key = CreateApiKey { name: "Key".into(), scopes: vec![Permission::MembersRead], expires_at: None };
        for result in [
            invitations::create(services, &mut cx, &address(), MEMBER).await.map(drop),
            roles::create(&mut cx, "Readers", &[Permission::MembersRead]).await.map(drop),
            api_keys::create(&mut cx, key).await.map(drop),
        ] {
            assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
        }
    }
}
