//! How Postgres answers what is asked for at every page, message and request: by an index that begins with the
//! organization, and without calling anything for every row. (The policy's comparison is made once for each query, as
//! long as the query names the organization too.)

mod capture;

use std::{collections::HashSet, sync::Arc};

use db::Db;
use domain::{
    Services, Settings,
    accounts::{self, ClientInfo},
    agents, api_keys, canned_responses, channels, contacts, conversations, events, knowledge, live, members, messages,
    overview, upkeep, visitors, webhooks,
};
use serde_json::Value;
use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use types::{
    api_key::CreateApiKey,
    contact::ContactFilter,
    conversation::{InboxFilter, InboxList},
    event::EventName,
    knowledge::CreateTextSource,
    organization::SignUp,
    permission::Permission,
    webhook::WebhookInput,
};

use crate::{
    desk::{Desk, own_desk, reply},
    support::World,
};
use capture::{Plan, Plans};

/// A part of each hot query, and the index that answers it.
const HOT: [(&str, &str); 38] = [
    // Every page, request and socket.
    ("from sessions s join users u on u.id = s.user_id", "sessions_token_hash_key"),
    ("from secret_lookups l join organization_index o", "secret_lookups_pkey"),
    // The inbox, its lists and their numbers.
    (
        "and status = 'active' and snoozed_until is null order by conversations.last_message_at desc",
        "conversations_recent",
    ),
    ("and status = 'closed' order by conversations.last_message_at desc", "conversations_recent"),
    ("and assignee_id is null and owner <> 'agent' order by conversations.last_message_at", "conversations_unassigned"),
    ("and snoozed_until is null and assignee_id = $2", "conversations_assignee"),
    ("and unread_count > 0 limit $3) rows) as \"all!\"", "conversations_unread"),
    ("and tags <> '{}'", "conversations_tagged"),
    ("with ordinality wanted (id, place) join conversations c on c.id = wanted.id", "conversations_pkey"),
    // A thread.
    ("and (not is_note or $4) order by seq desc limit $5", "messages_organization_id_conversation_id_seq_key"),
    ("from messages m join conversations c on c.organization_id = $1", "messages_pkey"),
    ("from attachments where organization_id = $1 and message_id = any($2)", "attachments_message"),
    // A message, from either side.
    ("from conversations where organization_id = $1 and id = $2 for update", "conversations_pkey"),
    ("update conversations set contact_id = $3", "conversations_pkey"),
    ("m.client_id = $3 where m.author_type = 'contact'", "messages_organization_id_conversation_id_client_id_key"),
    ("and contact_id = $2 and channel_id = $3 and status = 'active'", "conversations_contact"),
    ("left join contact_identities ci", "contact_identities_organization_id_channel_id_kind_external_key"),
    // Publishing, and live updates.
    ("select max(id) from event_outbox", "event_outbox_pkey"),
    ("from event_outbox order by organization_id limit 1", "event_outbox_turns"),
    ("from event_outbox where organization_id = w.organization_id", "event_outbox_turns"),
    ("update events e set position = given.position", "events_pkey"),
    ("from events where organization_id = $1 and position > $2 order by position", "events_position"),
    ("position is not null order by position desc limit 1", "events_position"),
    ("from events where organization_id = $1 and position <= $2 order by position desc limit 1", "events_position"),
    // A visitor's page.
    ("and direction = 'outbound' and content_type <> 'event'", "messages_organization_id_conversation_id_seq_key"),
    // Contacts.
    ("and merged_into_id is null order by last_contact_at desc nulls last, id limit", "contacts_recent"),
    ("from conversations c where c.organization_id = $1 and c.contact_id = $2", "conversations_contact"),
    ("and tags @> array[", "contacts_tags"),
    // The search in a large organization.
    ("order by embedding_code <~>", "document_chunks_code"),
    ("c.lexemes @@ t.query::tsquery", "document_chunks_lexemes"),
    // Webhooks.
    ("from webhook_lanes where due_at <= $1", "webhook_lanes_due"),
    ("and d.status = 'pending' and d.next_attempt_at <= $3", "webhook_deliveries_due"),
    ("select min(d.next_attempt_at) from webhook_deliveries d", "webhook_deliveries_due"),
    // The upkeep, beside all of this.
    ("from webhook_deliveries where organization_id = $1 and id < $2", "webhook_deliveries_pkey"),
    ("from events where organization_id = $1 and id > $2 and id < $3 order by id limit", "events_pkey"),
    ("for update of e skip locked", "events_pkey"),
    ("for update of e skip locked", "webhook_deliveries_event"),
    // The overview.
    ("and waiting_since is not null limit $2) rows) as \"waiting!\"", "conversations_waiting"),
];

/// What a policy's comparison calls.
const CALLS: [&str; 2] = ["current_setting(", "current_organization("];

#[tokio::test]
async fn hot_queries_use_their_index_and_call_nothing_for_every_row() {
    let desk = own_desk().await;
    let options = PgConnectOptions::clone(&desk.services.db.system().pool().connect_options());
    let keys = Keys::make(&desk).await;
    fill(&desk, &options).await;

    let (plans, _listening) = Plans::listen();
    // As at first, planned for the values, and as after some uses, planned for any.
    for mode in ["auto", "force_generic_plan"] {
        work(&explaining(&desk, &options, mode), &keys).await;
    }
    let plans = plans.take();
    let tenants = tenants(&options).await;
    let mut faults: Vec<String> = plans.iter().flat_map(|plan| faults(plan, &tenants)).collect();
    for (part, index) in HOT {
        let asked: Vec<&Plan> = plans.iter().filter(|plan| plan.query.contains(part)).collect();
        if asked.len() < 2 {
            faults.push(format!("{} plans of a query with: {part}", asked.len()));
        }
        let others =
            asked.iter().filter(|plan| !plan.tree.to_string().contains(&format!("\"Index Name\":\"{index}\"")));
        faults.extend(others.map(|plan| format!("not by {index}: {}\n{:#}", plan.query, plan.tree)));
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// The same desk on connections whose plans are told, with the planner as far from reading whole tables as can be: the
/// test's tables are small.
fn explaining(desk: &Desk, options: &PgConnectOptions, mode: &str) -> Desk {
    let options = options.clone().options([
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_level", "notice"),
        ("auto_explain.log_format", "json"),
        ("enable_seqscan", "off"),
        ("plan_cache_mode", mode),
    ]);
    let db = Db::new(PgPoolOptions::new().max_connections(4).connect_lazy_with(options), desk.world.clock.clone());
    // Many of the test's events are older than a week.
    let settings = Arc::new(Settings { events_kept_days: 7, ..(*desk.services.settings).clone() });
    let services = Services { db, settings, ..desk.services.clone() };
    let world = World {
        services: services.clone(),
        clock: desk.world.clock.clone(),
        a: desk.world.a.clone(),
        b: desk.world.b.clone(),
    };
    Desk { world, services, channel: desk.channel, key: desk.key.clone(), agent: desk.agent }
}

/// A session and an API key, of organizations with knowledge and a webhook.
struct Keys {
    session: String,
    api_key: String,
}

impl Keys {
    async fn make(desk: &Desk) -> Self {
        let form = SignUp {
            organization_name: "Third".into(),
            name: "Tana Third".into(),
            email: "tana@example.com".into(),
            password: "a password of the third".into(),
            locale: "en".into(),
        };
        let signed_in =
            accounts::sign_up(&desk.services, form, &ClientInfo::default()).await.unwrap().signed_in().unwrap();
        let mut cx = desk.cx().await;
        let input = CreateApiKey { name: "Shop".into(), scopes: Permission::ALL.to_vec(), expires_at: None };
        let api_key = api_keys::create(&mut cx, input).await.unwrap().token;
        let text = (0..40).map(|n| format!("# Topic {n}\n\nHow a parcel is sent, part {n}.\n\n")).collect();
        let input = CreateTextSource { name: "Help".into(), content: text };
        let source = knowledge::create_text(&mut cx, input).await.unwrap();
        // Nobody answers there.
        let events = vec![EventName::MessageCreated];
        let hook =
            WebhookInput { url: "http://127.0.0.1:9/".into(), events, is_active: true, ..WebhookInput::default() };
        webhooks::create(&desk.services, &mut cx, hook).await.unwrap();
        desk.services.commit(cx).await.unwrap();
        let sync = source.sync.unwrap().id;
        knowledge::sync::run(&desk.services, desk.world.a.id, source.id, sync).await.unwrap();
        Self { session: signed_in.token, api_key }
    }
}

/// Gives the organizations conversations, most of them to the first, and lets Postgres count.
async fn fill(desk: &Desk, options: &PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&options.clone().options([("role", "none")])).await.unwrap();
    sqlx::query("select set_config('test.large', $1, false), set_config('test.channel', $2, false)")
        .bind(desk.world.a.id.0.to_string())
        .bind(desk.channel.0.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::raw_sql(include_str!("fill.sql")).execute(&mut owner).await.unwrap();
    sqlx::raw_sql("vacuum (analyze)").execute(&mut owner).await.unwrap();
    owner.close().await.unwrap();
}

/// What happens all day: a visitor writes, a member reads and answers, programs ask.
async fn work(desk: &Desk, keys: &Keys) {
    let services = &desk.services;
    accounts::authenticate(services, &keys.session).await.unwrap().unwrap();
    api_keys::authenticate(services, &keys.api_key).await.unwrap().unwrap();

    let (visitor, conversation) = desk.conversation().await;
    desk.says(&visitor, "It was to come on Monday.").await;
    visitors::conversation(services, &visitor).await.unwrap().unwrap();
    events::publish(services).await.unwrap();
    live::missed_by_visitor(services, &visitor, Some(conversation), None, 500).await.unwrap();

    let mut cx = desk.cx().await;
    conversations::counts(&mut cx).await.unwrap();
    conversations::tags(&mut cx).await.unwrap();
    for list in [None, Some(InboxList::Mine), Some(InboxList::Unassigned), Some(InboxList::Closed)] {
        conversations::list(&mut cx, &InboxFilter { list, ..InboxFilter::default() }).await.unwrap();
    }
    conversations::get(&mut cx, conversation).await.unwrap();
    messages::list(&mut cx, conversation, None, 50).await.unwrap();
    conversations::mark_read(&mut cx, conversation, 2).await.unwrap();
    messages::send(&mut cx, conversation, reply("I will ask the carrier.")).await.unwrap();
    services.commit(cx).await.unwrap();
    events::publish(services).await.unwrap();

    assert_eq!(webhooks::dispatch_due(services).await.unwrap(), 1);

    let mut cx = desk.cx().await;
    let cursor = live::cursor(&mut cx).await.unwrap();
    live::missed(&services.live, &mut cx, Some(cursor - 2), 500).await.unwrap();
    let found = contacts::list(&mut cx, &ContactFilter::default()).await.unwrap();
    contacts::get(&mut cx, found.items[0].id).await.unwrap();
    contacts::timeline(&mut cx, found.items[0].id).await.unwrap();
    let tagged = ContactFilter { tag: Some("vip".into()), ..ContactFilter::default() };
    contacts::list(&mut cx, &tagged).await.unwrap();
    canned_responses::list(&mut cx).await.unwrap();
    members::list(&mut cx).await.unwrap();
    agents::list(&mut cx).await.unwrap();
    channels::list(&mut cx).await.unwrap();
    overview::get(&mut cx).await.unwrap();
    drop(cx);
    upkeep::run(services).await.unwrap();
    let system = domain::Actor::System;
    knowledge::search(services, desk.world.a.id, system, "how is a parcel sent?", 5, &[]).await.unwrap();
}

/// The tables of organizations.
async fn tenants(options: &PgConnectOptions) -> HashSet<String> {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    let names = "select relname::text from pg_class where relkind in ('r', 'p') and relrowsecurity";
    sqlx::query_scalar(names).fetch_all(&mut connection).await.unwrap().into_iter().collect()
}

/// What a hot query must not do: read a table from end to end, or ask for the setting at every row.
fn faults(plan: &Plan, tenants: &HashSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut nodes = vec![&plan.tree];
    while let Some(node) = nodes.pop() {
        let Some(node) = node.as_object() else { continue };
        nodes.extend(node.get("Plans").and_then(Value::as_array).into_iter().flatten());
        let name = node.get("Relation Name").and_then(Value::as_str).unwrap_or_default();
        if node.get("Node Type").is_some_and(|kind| kind == "Seq Scan") && tenants.contains(name) {
            found.push(format!("reads all of {name}: {}", plan.query));
        }
        for (key, value) in node.iter().filter(|(key, _)| *key != "Plans" && *key != "One-Time Filter") {
            if CALLS.iter().any(|call| value.to_string().contains(call)) {
                found.push(format!("{key} {value}: {}", plan.query));
            }
        }
    }
    found
}
