use domain::{Error, members, organizations};
use types::{
    member::{Availability, Role},
    organization::{OrganizationSettings, UpdateOrganization},
};

use crate::support::{events, invalid_fields, two_organizations};

#[tokio::test]
async fn an_organization_changes_its_own_settings_only() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let settings = OrganizationSettings {
        time_zone: "Europe/Tirane".into(),
        locale: "sq".into(),
        website: "https://example.al".into(),
    };
    let input = UpdateOrganization { name: " Bukë ".into(), settings: settings.clone() };
    let changed = organizations::update(&mut cx, input).await.expect("changed");
    assert_eq!((changed.id, changed.name.as_str(), &changed.settings), (world.a.id, "Bukë", &settings));
    assert_eq!(events(&mut cx).await, ["organization.updated"]);
    world.services.commit(cx).await.expect("committed");
    let mut cx = world.cx_b().await;
    let other = organizations::get(&mut cx).await.expect("read");
    assert_eq!((other.id, other.name.as_str()), (world.b.id, "Test"));
}

#[tokio::test]
async fn settings_of_an_organization_are_checked() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let wrong = UpdateOrganization {
        name: String::new(),
        settings: OrganizationSettings {
            time_zone: "'; select 1".into(),
            locale: "".into(),
            website: "ftp://x".into(),
        },
    };
    let fields = invalid_fields(organizations::update(&mut cx, wrong).await);
    assert_eq!(fields, ["name", "settings.locale", "settings.website", "settings.time_zone"]);
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let refused = organizations::update(&mut cx, UpdateOrganization::default()).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn members_say_whether_they_are_there() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let listed = members::list(&mut cx).await.expect("listed");
    assert_eq!(listed.len(), 1, "the other organization's owner is not seen");
    assert_eq!((Some(listed[0].id), listed[0].role), (world.a.owner.member_id(), Role::Owner));
    assert!(!members::any_online(&mut cx).await.expect("asked"), "nobody has signed in");

    let db::Actor::Member { user_id, .. } = &world.a.owner else { panic!("a member") };
    sqlx::query(
        "insert into sessions (id, user_id, organization_id, token_hash, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $5)",
    )
    .bind(cx.new_id())
    .bind(user_id.0)
    .bind(world.a.id.0)
    .bind(user_id.0.as_bytes().as_slice())
    .bind(cx.now())
    .execute(cx.conn())
    .await
    .expect("a session");
    assert!(members::any_online(&mut cx).await.expect("asked"));
    members::set_availability(&mut cx, Availability::Away).await.expect("set");
    members::set_availability(&mut cx, Availability::Away).await.expect("set again");
    assert_eq!(members::list(&mut cx).await.expect("listed")[0].availability, Availability::Away);
    assert!(!members::any_online(&mut cx).await.expect("asked"));
    assert_eq!(events(&mut cx).await, ["member.updated"]);
    members::set_availability(&mut cx, Availability::Online).await.expect("set");
    world.services.commit(cx).await.expect("committed");
    for (permission, online) in [("conversations:read", false), ("conversations:write", true)] {
        let mut cx = world.cx_a().await;
        let role = cx.new_id();
        sqlx::query("insert into roles (organization_id, id, name, permissions) values ($1, $2, 'Readers', array[$3])")
            .bind(world.a.id.0)
            .bind(role)
            .bind(permission)
            .execute(cx.conn())
            .await
            .expect("a role");
        sqlx::query("update members set role = 'member', custom_role_id = $2 where organization_id = $1")
            .bind(world.a.id.0)
            .bind(role)
            .execute(cx.conn())
            .await
            .expect("given");
        assert_eq!(members::any_online(&mut cx).await.expect("asked"), online, "who has {permission}");
    }
    let mut cx = world.cx_b().await;
    assert!(!members::any_online(&mut cx).await.expect("asked"), "another organization's member does not count");
    world.clock.advance(chrono::TimeDelta::minutes(11));
    let mut cx = world.cx_a().await;
    assert!(!members::any_online(&mut cx).await.expect("asked"), "not heard of for eleven minutes");
}
