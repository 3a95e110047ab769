//! Two contacts that are one person.

use db::Cx;
use domain::{contacts, conversations, visitors::Visitor};
use serde_json::json;
use types::{
    contact::{Contact, ContactFilter, ContactInput},
    conversation::InboxFilter,
    id::ContactId,
};

use crate::{
    desk::desk,
    support::{assert_not_found, events, invalid_fields, two_organizations},
};

async fn contact(cx: &mut Cx, input: ContactInput) -> ContactId {
    contacts::create(cx, input).await.expect("a contact").summary.id
}

fn named(name: &str) -> ContactInput {
    ContactInput { name: Some(name.into()), ..ContactInput::default() }
}

/// How many conversations a contact has.
async fn conversations_of(cx: &mut Cx, id: ContactId) -> i64 {
    let filter = InboxFilter { contact: Some(id), ..InboxFilter::default() };
    conversations::list(cx, &filter).await.expect("listed").total
}

#[tokio::test]
async fn everything_of_the_other_contact_moves() {
    let desk = desk().await;
    let world = &desk.world;
    let (browser, conversation) = desk.conversation().await;
    let other = desk.get(conversation).await.summary.contact_id;
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let kept = ContactInput {
        email: Some("ana@example.com".into()),
        tags: Some(vec!["vip".into()]),
        notes: Some("Likes tea.".into()),
        custom_fields: json!({"city": "Tiranë", "size": 1}).as_object().cloned(),
        ..named("Ana")
    };
    let kept = contact(&mut cx, kept).await;
    let fields = ContactInput {
        email: Some("a.hoxha@example.com".into()),
        phone: Some("+355 69 123 4567".into()),
        tags: Some(vec!["vip".into(), "wholesale".into()]),
        notes: Some("Calls in the morning.".into()),
        is_blocked: Some(true),
        custom_fields: json!({"size": 2, "tier": "gold"}).as_object().cloned(),
        ..named("A. Hoxha")
    };
    contacts::update(&mut cx, other, fields).await.expect("changed");
    let merged = contacts::merge(&mut cx, kept, other).await.expect("merged");
    let Contact { summary, notes, custom_fields, identities, conversation_count, .. } = &merged;
    assert_eq!((summary.name.as_str(), summary.email.as_deref()), ("Ana", Some("ana@example.com")));
    assert_eq!(summary.phone.as_deref(), Some("+355 69 123 4567"));
    assert_eq!(summary.tags, ["vip", "wholesale"]);
    assert!(summary.is_blocked, "who was blocked stays so");
    assert_eq!(notes, "Likes tea.\n\nCalls in the morning.");
    assert_eq!(json!(custom_fields), json!({"city": "Tiranë", "size": 1, "tier": "gold"}));
    assert_eq!((identities.len(), *conversation_count), (1, 1));
    assert_eq!(conversations::get(&mut cx, conversation).await.unwrap().summary.contact_id, kept);
    let page = contacts::list(&mut cx, &ContactFilter::default()).await.unwrap();
    assert_eq!(page.items.iter().map(|one| one.id).collect::<Vec<_>>(), [kept]);
    let told = events(&mut cx).await;
    assert!(told.iter().filter(|name| *name == "contact.updated").count() >= 2, "{told:?}");
    assert!(told.iter().any(|name| name == "conversation.updated"), "{told:?}");

    // Once more is nothing; the other way round, and into a third, is a contradiction.
    assert_eq!(contacts::merge(&mut cx, kept, other).await.expect("merged already"), merged);
    let third = contact(&mut cx, named("Third")).await;
    for (kept, other) in [(other, kept), (third, other), (other, third)] {
        let error = contacts::merge(&mut cx, kept, other).await.expect_err("a contradiction");
        assert_eq!(error.code(), types::error::ErrorCode::Conflict, "{error}");
    }
    assert_eq!(invalid_fields(contacts::merge(&mut cx, kept, kept).await), ["merged_id"]);
    assert_eq!(contacts::merge(&mut cx, third, kept).await.expect("a chain").summary.id, third);
    world.services.commit(cx).await.unwrap();

    // The browser goes on where it was, and the person is forgotten as a whole.
    let mut cx = world.services.db.begin(world.a.id, browser.actor()).await.unwrap();
    assert_eq!(visitors_contact(&mut cx, &browser).await, third);
    drop(cx);
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    contacts::delete(&mut cx, third).await.expect("erased");
    for id in [kept, other, third] {
        assert_not_found(contacts::get(&mut cx, id).await);
    }
}

async fn visitors_contact(cx: &mut Cx, browser: &Visitor) -> ContactId {
    let id = sqlx::query_scalar::<_, uuid::Uuid>(
        "select contact_id from contact_identities where organization_id = $1 and external_id = $2",
    )
    .bind(cx.organization().0)
    .bind(browser.id.to_string())
    .fetch_one(cx.conn())
    .await
    .expect("an identity");
    ContactId(id)
}

#[tokio::test]
async fn other_organizations_contacts_are_not_there() {
    let world = two_organizations().await;
    let mut stranger = world.cx(&world.b, world.b.owner.clone()).await;
    let theirs = contact(&mut stranger, named("Theirs")).await;
    world.services.commit(stranger).await.unwrap();
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let own = contact(&mut cx, named("Own")).await;
    assert_not_found(contacts::merge(&mut cx, own, theirs).await);
    assert_not_found(contacts::merge(&mut cx, theirs, own).await);
}

#[tokio::test]
async fn merges_at_the_same_moment_agree() {
    let desk = desk().await;
    let world = &desk.world;
    let mut all = Vec::new();
    for _ in 0..4 {
        let (_, conversation) = desk.conversation().await;
        all.push(desk.get(conversation).await.summary.contact_id);
    }
    // Everybody into everybody else, at once.
    let pairs = all.iter().flat_map(|kept| all.iter().map(move |other| (*kept, *other)));
    let merge = async |(kept, other): (ContactId, ContactId)| {
        let mut cx = world.cx(&world.a, world.plain_member()).await;
        let merged = contacts::merge(&mut cx, kept, other).await;
        if merged.is_ok() {
            world.services.commit(cx).await.unwrap();
        }
        merged.map(drop)
    };
    let outcomes = futures::future::join_all(pairs.filter(|(a, b)| a != b).map(merge)).await;
    for outcome in outcomes {
        if let Err(error) = outcome {
            assert_eq!(error.code(), types::error::ErrorCode::Conflict, "{error}");
        }
    }
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let left = contacts::list(&mut cx, &ContactFilter::default()).await.unwrap();
    assert_eq!(left.items.len(), 1);
    assert_eq!(conversations_of(&mut cx, left.items[0].id).await, 4);
}

#[tokio::test]
async fn a_merged_contact_has_no_more_fields_than_one_may_have() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let with = |names: std::ops::Range<u32>, value: &str| ContactInput {
        custom_fields: Some(names.map(|n| (format!("field {n}"), value.into())).collect()),
        ..named("Ana")
    };
    let kept = contact(&mut cx, with(20..60, "kept")).await;
    let other = contact(&mut cx, with(0..40, "other")).await;
    let fields = contacts::merge(&mut cx, kept, other).await.expect("merged").custom_fields;
    assert_eq!(fields.len(), 50);
    assert_eq!(fields.values().filter(|value| *value == "kept").count(), 40, "what the contact said itself stays");
}
