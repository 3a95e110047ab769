//! Limits when many ask at the same moment: what is counted is counted one after the other.

use domain::{Cx, Error, Result, api_keys, invitations, knowledge, roles, webhooks};
use futures::future::join_all;
use types::{
    api_key::CreateApiKey,
    knowledge::CreateTextSource,
    member::{Role, RoleChoice},
    permission::Permission,
    webhook::WebhookInput,
};

use crate::{
    desk::desk,
    support::{World, two_organizations},
};

/// Does it six times at once, each in a transaction of its own, and gives how many were let through.
async fn six_at_once(world: &World, make: impl AsyncFn(&mut Cx, usize) -> Result<()>) -> usize {
    let tries = (0..6).map(async |number| {
        let mut cx = world.cx_a().await;
        make(&mut cx, number).await?;
        world.services.commit(cx).await
    });
    join_all(tries).await.into_iter().filter(Result::is_ok).count()
}

async fn sql(world: &World, text: &str) {
    let mut cx = world.cx_a().await;
    sqlx::query(text).bind(world.a.id.0).execute(cx.conn()).await.unwrap();
    world.services.commit(cx).await.unwrap();
}

#[tokio::test]
async fn one_place_is_given_once() {
    let world = two_organizations().await;
    let services = &world.services;
    let key = |name: String| CreateApiKey { name, scopes: vec![Permission::ContactsRead], expires_at: None };
    let hook = || WebhookInput { url: "https://example.com/hook".into(), ..WebhookInput::default() };
    let mut cx = world.cx_a().await;
    for number in 0..99 {
        api_keys::create(&mut cx, key(format!("key {number}"))).await.unwrap();
        webhooks::create(services, &mut cx, hook()).await.unwrap();
        roles::create(&mut cx, &format!("role {number}"), &[]).await.unwrap();
    }
    services.commit(cx).await.unwrap();

    let keys =
        six_at_once(&world, async |cx, number| api_keys::create(cx, key(format!("late {number}"))).await.map(drop));
    assert_eq!(keys.await, 1, "100 API keys");
    let hooks = six_at_once(&world, async |cx, _| webhooks::create(services, cx, hook()).await.map(drop));
    assert_eq!(hooks.await, 1, "100 webhook subscriptions");
    let roles =
        six_at_once(&world, async |cx, number| roles::create(cx, &format!("late {number}"), &[]).await.map(drop));
    assert_eq!(roles.await, 1, "100 roles");
}

#[tokio::test]
async fn what_the_operator_allows_is_not_exceeded() {
    let desk = desk().await;
    let world = &desk.world;
    let limits = r#"update organizations set limits = '{"members": 2, "knowledge_sources": 1, "conversations_per_month": 1}'
                    where id = $1"#;
    sql(world, limits).await;
    let plain = RoleChoice { role: Role::Member, custom: None };
    let invited = six_at_once(world, async |cx, number| {
        let email = format!("{number}.{}@example.com", uuid::Uuid::new_v4().simple());
        invitations::create(&world.services, cx, &email, plain).await.map(drop)
    });
    assert_eq!(invited.await, 1, "the owner, and one more");
    let sources = six_at_once(world, async |cx, number| {
        let input = CreateTextSource { name: format!("Help {number}"), content: "Nine to five.".into() };
        knowledge::create_text(cx, input).await.map(drop)
    });
    assert_eq!(sources.await, 1);

    let visitors = join_all((0..6).map(async |_| desk.visitor().await)).await;
    let begun = join_all(visitors.iter().map(async |visitor| {
        let id = uuid::Uuid::new_v4().to_string();
        domain::messages::receive(&desk.services, visitor, crate::desk::widget_message("Hello", &id)).await
    }));
    let begun = begun.await.into_iter().filter(Result::is_ok).count();
    assert_eq!(begun, 1, "conversations in a month");
}

#[tokio::test]
async fn files_that_wait_are_counted_also_at_once() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let files = (0..16).map(async |number| {
        let bytes = futures::stream::iter([Ok(bytes::Bytes::from(format!("file {number}")))]);
        domain::attachments::upload_as_visitor(&desk.services, &visitor, "hours.txt", bytes).await
    });
    let taken = join_all(files).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(taken, 10);
    let folder = desk.services.settings.files_dir.join(desk.world.a.id.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 10, "nothing stays of what was refused");
}

#[tokio::test]
async fn what_visitors_send_in_a_day_is_counted_also_at_once() {
    let desk = desk().await;
    let limit = r#"update organizations set limits = '{"visitor_megabytes_per_day": 1}' where id = $1"#;
    sql(&desk.world, limit).await;
    let file = async |size: usize| {
        let visitor = desk.visitor().await;
        let bytes = futures::stream::iter([Ok(bytes::Bytes::from("a".repeat(size)))]);
        domain::attachments::upload_as_visitor(&desk.services, &visitor, "hours.txt", bytes).await
    };
    let taken = join_all((0..6).map(|_| file(600 * 1024))).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(taken, 2, "the second reaches the limit");
    let refused = file(1).await;
    assert!(matches!(&refused, Err(Error::LimitReached(why)) if why.contains("1 megabytes")), "{refused:?}");
    let folder = desk.services.settings.files_dir.join(desk.world.a.id.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2, "nothing stays of what was refused");

    // Files of members, and what is a day old, do not count; the smallest counts as a tenth.
    desk.world.clock.advance(chrono::TimeDelta::hours(25));
    let (_, id) = desk.conversation().await;
    let bytes = futures::stream::iter([Ok(bytes::Bytes::from("a".repeat(2 * 1024 * 1024)))]);
    let (organization, owner) = (desk.world.a.id, desk.world.a.owner.clone());
    domain::attachments::upload(&desk.services, organization, owner, id, "plan.txt", bytes).await.unwrap();
    for _ in 0..10 {
        file(1).await.unwrap();
    }
    assert!(matches!(file(1).await, Err(Error::LimitReached(_))));
}
