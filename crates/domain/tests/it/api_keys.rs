use chrono::TimeDelta;
use db::{Actor, testing};
use domain::{Error, Token, api_keys, channels, invitations, members, platform, roles};
use types::{
    api_key::{CreateApiKey, CreatedApiKey},
    error::FieldRule,
    member::{Role, RoleChoice},
    permission::{Permission, Permissions},
};

use crate::{
    invitations::{ADMIN, MEMBER, OWNER, address},
    platform::operator,
    support::{World, assert_not_found, events, invalid_fields, seal, two_organizations},
};

fn input(scopes: &[Permission]) -> CreateApiKey {
    CreateApiKey { name: " Shop ".into(), scopes: scopes.to_vec(), expires_at: None }
}

async fn make(world: &World, input: CreateApiKey) -> CreatedApiKey {
    let mut cx = world.cx_a().await;
    let made = api_keys::create(&mut cx, input).await.unwrap();
    world.services.commit(cx).await.unwrap();
    made
}

async fn audited(world: &World) -> Vec<(String, serde_json::Value)> {
    seal(&world.services).await;
    let mut cx = world.cx_a().await;
    sqlx::query_as("select action, coalesce(after, before) from audit_logs where organization_id = $1 order by seq")
        .bind(cx.organization().0)
        .fetch_all(cx.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_key_does_what_its_scopes_allow_and_nothing_more() {
    let world = two_organizations().await;
    let made = make(&world, input(&[Permission::ChannelsRead])).await;
    assert!(made.token.starts_with("bsd_") && made.token.len() == 47, "{}", made.token);
    assert_eq!((made.key.name.as_str(), made.key.prefix.as_str()), ("Shop", &made.token[..12]));
    assert_eq!(made.key.created_by_name.as_deref(), Some("Olta Owner"));

    let holder = api_keys::authenticate(&world.services, &made.token).await.unwrap().expect("a key");
    assert_eq!((holder.organization, holder.name.as_str()), (world.a.id, "Shop"));
    assert_eq!(holder.actor, Actor::ApiKey { id: made.key.id, scopes: vec![Permission::ChannelsRead] });
    let mut cx = world.cx(&world.a, holder.actor).await;
    channels::list(&mut cx).await.expect("within the scopes");
    let refused = api_keys::list(&mut cx).await;
    assert!(matches!(refused, Err(Error::Forbidden(Permission::ApiKeysRead))), "{refused:?}");
    for unknown in ["", "bsd_", "bsd_nothing", &made.token[..46], &format!("{}x", made.token), &"b".repeat(5000)] {
        assert!(api_keys::authenticate(&world.services, unknown).await.unwrap().is_none(), "{unknown}");
    }
}

#[tokio::test]
async fn only_the_digest_of_a_key_is_kept() {
    let world = two_organizations().await;
    let made = make(&world, input(&[Permission::ChannelsRead])).await;
    let mut cx = world.cx_a().await;
    assert_eq!(events(&mut cx).await, ["api_key.created"]);
    let secret = made.token.trim_start_matches("bsd_");
    for table in ["api_keys", "secret_lookups", "events", "audit_logs"] {
        let found: bool = sqlx::query_scalar(&format!(
            "select exists (select from {table} t where t.organization_id = $1 and t::text like '%' || $2 || '%')"
        ))
        .bind(world.a.id.0)
        .bind(secret)
        .fetch_one(cx.conn())
        .await
        .unwrap();
        assert!(!found, "{table} holds the key");
    }
    let stored: Vec<u8> = sqlx::query_scalar("select key_hash from api_keys where organization_id = $1 and id = $2")
        .bind(world.a.id.0)
        .bind(made.key.id.0)
        .fetch_one(cx.conn())
        .await
        .unwrap();
    assert_eq!(stored, Token::hash(&made.token));
}

#[tokio::test]
async fn nobody_gives_a_key_what_they_may_not_do() {
    let world = two_organizations().await;
    let Actor::Member { id, user_id, name, .. } = world.a.owner.clone() else { panic!("a member") };
    let permissions = Permissions::from_iter([Permission::ApiKeysWrite, Permission::ContactsRead]);
    let maker = Actor::Member { id, user_id, name, role: Role::Member, permissions, impersonator: None };
    let mut cx = world.cx(&world.a, maker).await;
    let beyond = input(&[Permission::ContactsRead, Permission::ContactsWrite]);
    assert_eq!(invalid_fields(api_keys::create(&mut cx, beyond).await), ["scopes"]);
    let made = api_keys::create(&mut cx, input(&[Permission::ContactsRead])).await.unwrap();
    assert_eq!((made.key.created_by, made.key.scopes), (Some(id), vec![Permission::ContactsRead]));

    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let refused = api_keys::create(&mut cx, input(&[Permission::ContactsRead])).await;
    assert!(matches!(refused, Err(Error::Forbidden(Permission::ApiKeysWrite))), "{refused:?}");
    assert!(!Permission::ApiKeysRead.granted_to(Role::Member));
}

/// Else one that leaked for a day would leave another for ten years.
#[tokio::test]
async fn a_key_makes_no_keys_and_ends_others() {
    let world = two_organizations().await;
    let other = make(&world, input(&[Permission::ChannelsRead])).await;
    let made = make(&world, input(Permission::ALL)).await;
    let holder = api_keys::authenticate(&world.services, &made.token).await.unwrap().expect("a key");
    let mut cx = world.cx(&world.a, holder.actor).await;
    let refused = api_keys::create(&mut cx, input(&[Permission::ChannelsRead])).await;
    assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("only a signed-in person")), "{refused:?}");
    api_keys::revoke(&mut cx, other.key.id).await.expect("who finds a leak can end it");
}

/// Else who found a key would have a member of their own make further ones, after it was revoked.
#[tokio::test]
async fn a_key_makes_nobody_who_makes_keys() {
    let world = two_organizations().await;
    let services = &world.services;
    let plain = testing::member(&services.db, &world.a, "Pal", Role::Member).await.member_id().unwrap();
    let mut cx = world.cx_a().await;
    let mut forbidden = Vec::new();
    for (name, permission) in [("Keys", Permission::ApiKeysWrite), ("People", Permission::MembersWrite)] {
        let role = roles::create(&mut cx, name, &[permission]).await.unwrap();
        forbidden.push(RoleChoice { role: Role::Member, custom: Some(role) });
    }
    services.commit(cx).await.unwrap();
    let made = make(&world, input(Permission::ALL)).await;
    let holder = api_keys::authenticate(services, &made.token).await.unwrap().expect("a key");

    let mut cx = world.cx(&world.a, holder.actor).await;
    let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
    let role = roles::create(&mut cx, "Reader", &[Permission::ContactsRead, Permission::ApiKeysRead]).await.unwrap();
    let reader = RoleChoice { role: Role::Member, custom: Some(role) };
    for permission in [Permission::ApiKeysWrite, Permission::MembersWrite] {
        refused(roles::create(&mut cx, "Mine", &[permission]).await.map(|_| ()));
        refused(roles::update(&mut cx, role, "Reader", &[Permission::ContactsRead, permission]).await);
    }
    for choice in [&forbidden[..], &[OWNER, ADMIN]].concat() {
        refused(invitations::create(services, &mut cx, &address(), choice).await.map(|_| ()));
        refused(members::change_role(&mut cx, plain, choice).await);
    }
    for choice in [reader, MEMBER] {
        invitations::create(services, &mut cx, &address(), choice).await.expect("what a key may give");
        members::change_role(&mut cx, plain, choice).await.expect("what a key may give");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_key_is_said_by_field() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    for end in [TimeDelta::zero(), TimeDelta::days(-1), TimeDelta::days(4000)] {
        let expires_at = Some(cx.now() + end);
        let wrong = CreateApiKey { name: " ".into(), scopes: Vec::new(), expires_at };
        assert_eq!(invalid_fields(api_keys::create(&mut cx, wrong).await), ["name", "scopes", "expires_at"]);
    }
    let none = CreateApiKey { scopes: Vec::new(), ..input(&[]) };
    let error = api_keys::create(&mut cx, none).await.expect_err("no scopes");
    assert_eq!(error.details()[0].rule, FieldRule::Missing);
    for _ in 0..100 {
        api_keys::create(&mut cx, input(&[Permission::ChannelsRead])).await.unwrap();
    }
    let full = api_keys::create(&mut cx, input(&[Permission::ChannelsRead])).await;
    assert!(matches!(full, Err(Error::Conflict(_))), "{full:?}");
    let one = api_keys::list(&mut cx).await.unwrap()[7].id;
    api_keys::revoke(&mut cx, one).await.unwrap();
    api_keys::create(&mut cx, input(&[Permission::ChannelsRead])).await.expect("there is room again");
}

#[tokio::test]
async fn a_key_ends_when_it_is_revoked_and_when_its_time_is_over() {
    let world = two_organizations().await;
    let ends_at = world.cx_a().await.now() + TimeDelta::days(30);
    let short = make(&world, CreateApiKey { expires_at: Some(ends_at), ..input(&[Permission::ChannelsRead]) }).await;
    let long = make(&world, input(&[Permission::ChannelsRead])).await;
    let works = async |token: &str| api_keys::authenticate(&world.services, token).await.unwrap().is_some();
    assert!(works(&short.token).await && works(&long.token).await);
    world.clock.advance(TimeDelta::days(30));
    assert!(!works(&short.token).await && works(&long.token).await);

    let mut cx = world.cx_a().await;
    api_keys::revoke(&mut cx, long.key.id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    assert!(!works(&long.token).await);
    let mut cx = world.cx_a().await;
    assert_not_found(api_keys::revoke(&mut cx, long.key.id).await);
    assert_not_found(api_keys::get(&mut cx, long.key.id).await);
    let left: Vec<_> = api_keys::list(&mut cx).await.unwrap().iter().map(|key| key.id).collect();
    assert_eq!(left, [short.key.id], "the expired one is still shown");
    assert_eq!(events(&mut cx).await, ["api_key.created", "api_key.created", "api_key.revoked"]);
    drop(cx);
    let log = audited(&world).await;
    let actions: Vec<_> = log.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["api_key.created", "api_key.created", "api_key.revoked"]);
    assert_eq!(log[0].1["scopes"], serde_json::json!(["channels:read"]));
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let world = two_organizations().await;
    let made = make(&world, input(&[Permission::ChannelsRead])).await;
    let used = async || {
        api_keys::authenticate(&world.services, &made.token).await.unwrap().expect("a key");
        api_keys::get(&mut world.cx_a().await, made.key.id).await.unwrap().last_used_at.expect("noted")
    };
    let first = used().await;
    world.clock.advance(TimeDelta::seconds(59));
    assert_eq!(used().await, first);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(used().await, first + TimeDelta::minutes(1));
}

#[tokio::test]
async fn keys_of_another_organization_are_out_of_reach() {
    let world = two_organizations().await;
    let made = make(&world, input(&[Permission::ChannelsRead])).await;
    let mut cx = world.cx_b().await;
    assert!(api_keys::list(&mut cx).await.unwrap().is_empty());
    assert_not_found(api_keys::get(&mut cx, made.key.id).await);
    assert_not_found(api_keys::revoke(&mut cx, made.key.id).await);
    world.services.commit(cx).await.unwrap();
    assert!(api_keys::authenticate(&world.services, &made.token).await.unwrap().is_some(), "it was not touched");
}

#[tokio::test]
async fn a_suspended_organizations_keys_are_refused_with_the_reason() {
    let world = two_organizations().await;
    let made = make(&world, input(&[Permission::ChannelsRead])).await;
    let admin = operator(&world.services).await.operator;
    platform::suspend_organization(&world.services, &admin, world.a.id, "unpaid").await.unwrap();
    let refused = api_keys::authenticate(&world.services, &made.token).await;
    assert!(
        matches!(&refused, Err(error @ Error::Suspended(_)) if error.details()[0].message == "unpaid"),
        "{refused:?}"
    );
    platform::restore_organization(&world.services, &admin, world.a.id).await.unwrap();
    assert!(api_keys::authenticate(&world.services, &made.token).await.unwrap().is_some());
}
