use chrono::TimeDelta;
use db::{Actor, Cx};
use domain::{contacts, conversations, messages, webhooks};
use serde_json::json;
use types::{
    contact::{ContactFilter, ContactInput, ContactSort, TimelineEntry},
    id::{ApiKeyId, ContactId},
    permission::Permission,
    webhook::WebhookInput,
};

use crate::{
    desk::{desk, note, own_desk, reply},
    support::{assert_not_found, events, invalid_fields, two_organizations},
};

fn named(name: &str) -> ContactInput {
    ContactInput { name: Some(name.into()), ..ContactInput::default() }
}

async fn names(cx: &mut Cx, filter: ContactFilter) -> Vec<String> {
    let page = contacts::list(cx, &filter).await.expect("listed");
    page.items.into_iter().map(|contact| contact.name).collect()
}

async fn seen(cx: &mut Cx, id: ContactId, minutes_ago: i64) {
    let at = cx.now() - TimeDelta::minutes(minutes_ago);
    sqlx::query("update contacts set last_contact_at = $3 where organization_id = $1 and id = $2")
        .bind(cx.organization().0)
        .bind(id.0)
        .bind(at)
        .execute(cx.conn())
        .await
        .expect("seen");
}

#[tokio::test]
async fn a_contact_is_made_changed_and_erased() {
    let world = two_organizations().await;
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let input = ContactInput {
        email: Some("drita@example.al".into()),
        phone: Some("+355 69 123 4567".into()),
        tags: Some(vec!["vip".into(), " vip".into(), "new".into()]),
        custom_fields: json!({"size": 42, "city": "Tiranë"}).as_object().cloned(),
        ..named(" Drita ")
    };
    let made = contacts::create(&mut cx, input).await.expect("created");
    let id = made.summary.id;
    assert_eq!((made.summary.name.as_str(), &made.summary.tags[..]), ("Drita", &["vip".into(), "new".into()][..]));
    assert_eq!((made.conversation_count, made.custom_fields["city"].as_str()), (0, Some("Tiranë")));

    let nothing = contacts::update(&mut cx, id, ContactInput::default()).await.expect("unchanged");
    assert_eq!(nothing, made);
    let change = ContactInput {
        email: Some(String::new()),
        notes: Some("Line 1\nLine 2".into()),
        is_vip: Some(true),
        language: Some("sq".into()),
        ..ContactInput::default()
    };
    let changed = contacts::update(&mut cx, id, change).await.expect("changed");
    assert_eq!((changed.summary.email, changed.summary.phone.as_deref()), (None, Some("+355 69 123 4567")));
    assert_eq!((changed.notes.as_str(), changed.summary.is_vip), ("Line 1\nLine 2", true));
    assert_eq!(contacts::tags(&mut cx).await.expect("tags"), ["new", "vip"]);

    let timeline = contacts::timeline(&mut cx, id).await.expect("timeline");
    let mut entries: Vec<_> = timeline.iter().map(|entry| (entry.name.as_str(), entry.summary.as_str())).collect();
    entries.sort_unstable();
    assert_eq!(entries, [("contact.created", ""), ("contact.updated", "email, language, notes, is_vip")]);

    contacts::delete(&mut cx, id).await.expect("deleted");
    assert_not_found(contacts::get(&mut cx, id).await);
    assert_eq!(events(&mut cx).await, ["contact.created", "contact.updated", "contact.deleted"]);
}

#[tokio::test]
async fn the_history_of_a_contact_quotes_conversations_to_those_who_may_read_them() {
    let desk = desk().await;
    let (_, conversation) = desk.conversation().await;
    let contact = conversations::get(&mut desk.cx().await, conversation).await.unwrap().summary.contact_id;
    let history = async |scopes: &[Permission]| {
        let program = Actor::ApiKey { id: ApiKeyId(uuid::Uuid::nil()), scopes: scopes.to_vec() };
        let mut cx = desk.world.cx(&desk.world.a, program).await;
        contacts::timeline(&mut cx, contact).await.unwrap()
    };
    let quotes = |entry: &TimelineEntry| entry.summary.contains("Where is my order");
    let both = history(&[Permission::ContactsRead, Permission::ConversationsRead]).await;
    assert!(both.iter().any(quotes), "{both:?}");
    let alone = history(&[Permission::ContactsRead]).await;
    assert!(!alone.is_empty() && !alone.iter().any(quotes), "{alone:?}");
}

/// The tables in which a row of the organization holds a word, in whatever column.
async fn tables_with(cx: &mut Cx, word: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'organization_id' order by 1",
    )
    .fetch_all(cx.conn())
    .await
    .expect("tables");
    assert!(tables.len() > 20);
    let mut found = Vec::new();
    for table in tables {
        let query = format!("select exists (select from {table} t where organization_id = $1 and t::text ilike $2)");
        let holds = sqlx::query_scalar(&query).bind(cx.organization().0).bind(format!("%{word}%"));
        if holds.fetch_one(cx.conn()).await.expect("searched") {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn what_was_said_of_and_with_an_erased_contact_stands_nowhere() {
    let desk = own_desk().await;
    let services = &desk.services;
    let mut cx = desk.cx().await;
    let hook = WebhookInput { url: "https://example.com/hook".into(), is_active: true, ..WebhookInput::default() };
    webhooks::create(services, &mut cx, hook).await.expect("an endpoint");
    services.commit(cx).await.expect("committed");
    let visitor = desk.visitor().await;
    let conversation = desk.says(&visitor, "I am Marzipan").await.conversation_id;
    let contact = desk.get(conversation).await.summary.contact_id;
    let mut cx = desk.cx().await;
    messages::send(&mut cx, conversation, reply("Hello Marzipan")).await.expect("a reply");
    messages::send(&mut cx, conversation, note("Marzipan again")).await.expect("a note");
    let input = ContactInput { email: Some("marzipan@example.com".into()), ..named("Marzipan") };
    let other = contacts::create(&mut cx, input).await.expect("created").summary.id;
    contacts::merge(&mut cx, contact, other).await.expect("merged");
    contacts::create(&mut cx, named("Nougat")).await.expect("created");
    services.commit(cx).await.expect("committed");
    while domain::events::publish(services).await.expect("published") > 0 {}
    let mut cx = desk.cx().await;
    let answered = "update webhook_deliveries d set response_body = 'Marzipan, you say?' from events e
                    where d.organization_id = $1 and e.organization_id = $1 and e.id = d.event_id
                      and e.payload::text like '%Marzipan%'";
    sqlx::query(answered).bind(cx.organization().0).execute(cx.conn()).await.expect("answered");
    let tables = tables_with(&mut cx, "marzipan").await;
    for table in ["contacts", "conversations", "events", "messages", "webhook_deliveries"] {
        assert!(tables.iter().any(|one| one == table), "{table} in {tables:?}");
    }
    let before = events(&mut cx).await;

    contacts::delete(&mut cx, contact).await.expect("deleted");
    assert_eq!(tables_with(&mut cx, "marzipan").await, [""; 0]);
    assert_eq!(tables_with(&mut cx, "nougat").await, ["contacts", "events"]);
    assert_eq!(events(&mut cx).await[..before.len()], before, "what happened, and in which order");
}

#[tokio::test]
async fn another_organization_cannot_see_or_touch_a_contact() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let input = ContactInput { tags: Some(vec!["vip".into()]), ..named("Drita") };
    let id = contacts::create(&mut cx, input).await.expect("created").summary.id;
    world.services.commit(cx).await.expect("committed");
    let mut cx = world.cx_b().await;
    assert_eq!(names(&mut cx, ContactFilter::default()).await, [""; 0]);
    assert_eq!(contacts::tags(&mut cx).await.expect("tags"), [""; 0]);
    assert_not_found(contacts::get(&mut cx, id).await);
    assert_not_found(contacts::update(&mut cx, id, named("Stolen")).await);
    assert_not_found(contacts::timeline(&mut cx, id).await);
    assert_not_found(contacts::delete(&mut cx, id).await);
    let mut cx = world.cx_a().await;
    assert_eq!(contacts::get(&mut cx, id).await.expect("read").summary.name, "Drita");
}

#[tokio::test]
async fn a_contact_that_breaks_rules_is_refused_field_by_field() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    assert_eq!(invalid_fields(contacts::create(&mut cx, ContactInput::default()).await), ["name"]);
    let wrong = ContactInput {
        name: Some("x".repeat(201)),
        email: Some("no address".into()),
        phone: Some("call me".into()),
        company: Some("x".repeat(201)),
        language: Some("<script>".into()),
        time_zone: Some("Mars/Olympus".into()),
        notes: Some("x".repeat(10_001)),
        tags: Some(vec!["x".repeat(51)]),
        custom_fields: json!({"list": [1], "": 1}).as_object().cloned(),
        ..ContactInput::default()
    };
    let mut fields = invalid_fields(contacts::create(&mut cx, wrong).await);
    fields.sort();
    fields.dedup();
    let all = ["company", "custom_fields", "email", "language", "name", "notes", "phone", "tags", "time_zone"];
    assert_eq!(fields, all);
    let nul = ContactInput { custom_fields: json!({"a\0": "b\0"}).as_object().cloned(), ..named("<b>Ana</b>\0") };
    let kept = contacts::create(&mut cx, nul).await.expect("control characters are dropped");
    assert_eq!((kept.summary.name.as_str(), kept.custom_fields["a"].as_str()), ("<b>Ana</b>", Some("b")));
}

#[tokio::test]
async fn the_list_is_searched_ordered_and_paged() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    for (at, (name, company, tag)) in
        [("Ana", "Bukë & Kripë", "vip"), ("besa", "100%_pure", "new"), ("Çlirim", "", "vip")].into_iter().enumerate()
    {
        let input = ContactInput {
            email: Some(format!("{}@example.al", at)),
            company: Some(company.into()),
            tags: Some(vec![tag.into()]),
            ..named(name)
        };
        let id = contacts::create(&mut cx, input).await.expect("created").summary.id;
        seen(&mut cx, id, i64::try_from(at).expect("small")).await;
    }
    contacts::create(&mut cx, named("Never seen")).await.expect("created");

    let q = |q: &str| ContactFilter { q: Some(q.into()), ..ContactFilter::default() };
    assert_eq!(names(&mut cx, ContactFilter::default()).await, ["Ana", "besa", "Çlirim", "Never seen"]);
    assert_eq!(names(&mut cx, q("BUKË")).await, ["Ana"]);
    assert_eq!(names(&mut cx, q("1@example")).await, ["besa"]);
    assert_eq!(names(&mut cx, q("ça")).await, [""; 0]);
    assert_eq!(names(&mut cx, q("çl")).await, ["Çlirim"], "two characters");
    assert_eq!(names(&mut cx, q("%_")).await, ["besa"], "wildcards are taken literally");
    assert_eq!(names(&mut cx, q("'; drop table contacts; --\0")).await, [""; 0]);
    assert_eq!(names(&mut cx, q(&"x".repeat(10_000))).await, [""; 0]);
    let vip = ContactFilter { tag: Some("vip".into()), sort: Some(ContactSort::Oldest), ..ContactFilter::default() };
    assert_eq!(names(&mut cx, vip).await, ["Çlirim", "Ana"]);
    let by_name = ContactFilter { sort: Some(ContactSort::NameDescending), ..ContactFilter::default() };
    let by_name = names(&mut cx, by_name).await;
    assert!(by_name.iter().position(|name| name == "besa") < by_name.iter().position(|name| name == "Ana"));

    let second = ContactFilter { page: Some(2), limit: Some(3), ..ContactFilter::default() };
    let page = contacts::list(&mut cx, &second).await.expect("listed");
    assert_eq!((page.total, page.page, page.pages(), page.items.len()), (4, 2, 2, 1));
    let wild = ContactFilter { page: Some(-5), limit: Some(1_000_000), ..ContactFilter::default() };
    let page = contacts::list(&mut cx, &wild).await.expect("listed");
    assert_eq!((page.page, page.limit), (1, 100));
}
