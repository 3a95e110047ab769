//! The audit log: written with the change, in one unbroken chain per organization, for that organization alone.

use std::collections::BTreeSet;

use db::{
    sqlx::{self, Connection, PgConnection},
    testing,
};
use domain::{
    Cx, Error,
    accounts::{self, ClientInfo},
    agents,
    audit::{self, Walk},
    canned_responses, channels, contacts, conversations, knowledge, organizations,
};
use serde_json::{Value, json};
use types::{
    agent::{AgentInput, HandoffRules, Provider, Tone},
    channel::{ChannelType, CreateChannel},
    contact::ContactInput,
    knowledge::{CreateTextSource, Schedule},
    organization::{OrganizationSettings, SignUp, UpdateOrganization},
};

use crate::{
    desk::desk,
    support::{assert_not_found, seal, two_organizations},
};

type Row = (i64, String, Option<Value>, Option<Value>, Option<String>);

async fn rows(cx: &mut Cx) -> Vec<Row> {
    sqlx::query_as(
        "select coalesce(seq, 0), action, before, after, ip
         from audit_logs l left join audit_outbox o on o.audit_log_id = l.id
         where l.organization_id = $1 order by seq, o.id",
    )
    .bind(cx.organization().0)
    .fetch_all(cx.conn())
    .await
    .unwrap()
}

async fn actions(cx: &mut Cx) -> Vec<String> {
    rows(cx).await.into_iter().map(|row| row.1).collect()
}

fn agent(name: &str, key: Option<&str>) -> AgentInput {
    AgentInput {
        name: name.into(),
        instructions: String::new(),
        greeting: String::new(),
        languages: vec!["en".into()],
        tone: Tone::Friendly,
        provider: Provider::Openai,
        model: "small".into(),
        base_url: "http://127.0.0.1:9/v1".into(),
        api_key: key.map(str::to_owned),
        temperature: 0.2,
        max_tokens: 800,
        handoff_rules: HandoffRules::default(),
        source_ids: None,
        is_active: true,
    }
}

fn widget() -> CreateChannel {
    CreateChannel { name: "Site".into(), channel_type: ChannelType::Widget, agent_id: None }
}

#[tokio::test]
async fn changes_are_written_with_what_was_and_what_is() {
    let world = two_organizations().await;
    let client = ClientInfo { ip: Some("192.0.2.7".into()), user_agent: Some("Firefox".into()) };
    let mut cx = world.cx_a().await.asked_by(client);
    let channel = channels::create(&mut cx, widget()).await.unwrap();
    channels::identity_secret(&world.services, &mut cx, channel.id).await.unwrap();
    let secret = channels::rotate_identity_secret(&world.services, &mut cx, channel.id).await.unwrap();
    channels::delete(&mut cx, channel.id).await.unwrap();
    let made = agents::create(&world.services, &mut cx, agent("Ada", Some("sk-very-secret"))).await.unwrap();
    agents::update(&world.services, &mut cx, made.id, agent("Grace", Some("sk-other-secret"))).await.unwrap();
    agents::delete(&mut cx, made.id).await.unwrap();
    let settings = OrganizationSettings { website: "https://alba.example".into(), ..OrganizationSettings::default() };
    organizations::update(&mut cx, UpdateOrganization { name: "Alba".into(), settings }).await.unwrap();

    let rows = rows(&mut cx).await;
    let names: Vec<_> = rows.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(
        names,
        [
            "channel.created",
            "channel.identity_secret_shown",
            "channel.identity_secret_rotated",
            "channel.deleted",
            "agent.created",
            "agent.updated",
            "agent.deleted",
            "organization.updated",
        ]
    );
    assert_eq!(rows[5].2, Some(json!({"name": "Ada"})));
    assert_eq!(rows[5].3, Some(json!({"name": "Grace", "api_key": "replaced"})));
    assert_eq!(rows[7].3.as_ref().unwrap()["settings"]["website"], "https://alba.example");
    assert!(rows.iter().all(|row| row.4.as_deref() == Some("192.0.2.7")));
    let text = format!("{rows:?}");
    for hidden in ["sk-very-secret", "sk-other-secret", &secret] {
        assert!(!text.contains(hidden), "{text}");
    }
}

#[tokio::test]
async fn a_change_that_is_refused_or_rolled_back_is_not_in_the_log() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let channel = channels::create(&mut cx, widget()).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let mut cx = world.cx_a().await;
    channels::delete(&mut cx, channel.id).await.unwrap();
    drop(cx);
    let mut cx = world.cx_b().await;
    assert_not_found(channels::delete(&mut cx, channel.id).await);
    assert!(actions(&mut cx).await.is_empty(), "nothing of the first organization is in the second's log");
    drop(cx);
    assert_eq!(actions(&mut world.cx_a().await).await, ["channel.created"]);
}

#[tokio::test]
async fn days_are_those_of_the_organization() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let settings = OrganizationSettings { time_zone: "Europe/Tirane".into(), ..OrganizationSettings::default() };
    organizations::update(&mut cx, UpdateOrganization { name: "Alba".into(), settings }).await.unwrap();
    // The clocks go forward: a day of 23 hours.
    let filter = audit::filter_of_days(&mut cx, " channel ", "2026-03-29", "2026-03-29").await.unwrap();
    assert_eq!(filter.action.as_deref(), Some("channel"));
    let times = [filter.from, filter.until].map(|time| time.unwrap().to_rfc3339());
    assert_eq!(times, ["2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"]);
    let times = audit::filter_of_days(&mut world.cx_b().await, "", "2026-03-29", "").await.unwrap();
    assert_eq!(times.from.unwrap().to_rfc3339(), "2026-03-29T00:00:00+00:00", "the others' is UTC");
    assert_eq!((times.action, times.until), (None, None));
    for day in ["0001-01-01", "9999-12-31", "+10000-01-01", "-262143-01-01", "29 March"] {
        audit::filter_of_days(&mut cx, "", day, day).await.unwrap_or_else(|error| panic!("{day}: {error}"));
    }
}

#[tokio::test]
async fn rows_written_at_the_same_moment_make_one_chain() {
    let world = two_organizations().await;
    let write = |number: usize| {
        let world = &world;
        async move {
            let mut cx = world.cx_a().await;
            let input = ContactInput { name: Some(format!("Contact {number}")), ..ContactInput::default() };
            let contact = contacts::create(&mut cx, input).await.unwrap();
            contacts::delete(&mut cx, contact.summary.id).await.unwrap();
            world.services.commit(cx).await.unwrap();
        }
    };
    let seals = async {
        for _ in 0..20 {
            seal(&world.services).await;
        }
    };
    tokio::join!(futures::future::join_all((0..12).map(write)), seals);
    seal(&world.services).await;
    let mut cx = world.cx_a().await;
    let numbers: Vec<_> = rows(&mut cx).await.into_iter().map(|row| row.0).collect();
    assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
    assert_eq!(audit::walk(&mut cx).await.unwrap(), Walk { rows: 24, broken: None });
    let again = sqlx::query("update audit_logs set hash = '' where organization_id = $1 and seq = 24")
        .bind(cx.organization().0)
        .execute(cx.conn())
        .await;
    assert_eq!(again.unwrap().rows_affected(), 0, "the program seals a row once");
}

#[tokio::test]
async fn tampering_shows() {
    let world = two_organizations().await;
    let organization = world.a.id.0;
    for _ in 0..4 {
        let mut cx = world.cx_a().await;
        channels::create(&mut cx, widget()).await.unwrap();
        world.services.commit(cx).await.unwrap();
    }
    seal(&world.services).await;
    // Only the schema's owner can: the program's role may not.
    let mut owner = PgConnection::connect(&testing::owner_url().await).await.unwrap();
    let (after, actor): (Value, uuid::Uuid) =
        sqlx::query_as("select after, actor_id from audit_logs where organization_id = $1 and seq = 2")
            .bind(organization)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    for (after, actor, found) in
        [(json!({}), Some(actor), Some(2)), (after.clone(), None, Some(2)), (after, Some(actor), None)]
    {
        sqlx::query("update audit_logs set after = $2, actor_id = $3 where organization_id = $1 and seq = 2")
            .bind(organization)
            .bind(after)
            .bind(actor)
            .execute(&mut owner)
            .await
            .unwrap();
        assert_eq!(audit::verify(&mut world.cx_a().await).await.unwrap(), found);
    }
    sqlx::query("delete from audit_logs where organization_id = $1 and seq = 3")
        .bind(organization)
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(audit::verify(&mut world.cx_a().await).await.unwrap(), Some(3));
    assert_eq!(audit::verify(&mut world.cx_b().await).await.unwrap(), None);
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    assert!(matches!(audit::verify(&mut cx).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn sign_ins_and_new_passwords_are_in_the_log() {
    let world = two_organizations().await;
    let client = ClientInfo { ip: Some("192.0.2.9".into()), user_agent: None };
    let email = format!("{}@example.com", world.services.db.new_id().simple());
    let form = SignUp {
        organization_name: "Drini Books".into(),
        name: "Drita".into(),
        email: email.clone(),
        password: "correct horse battery".into(),
        locale: "en".into(),
    };
    let founded = accounts::sign_up(&world.services, form, &client).await.unwrap().signed_in().unwrap();
    let signed_in = accounts::log_in(&world.services, &email, "correct horse battery", &client).await.unwrap();
    let member = accounts::authenticate(&world.services, &signed_in.token).await.unwrap().unwrap();
    accounts::log_in(&world.services, &email, "a wrong guess", &client).await.unwrap_err();
    accounts::change_password(&world.services, &member, "correct horse battery", "battery horse correct")
        .await
        .unwrap();
    let mut cx = world.services.db.begin(founded.me.organization.id, member.actor()).await.unwrap();
    assert_eq!(
        actions(&mut cx).await,
        ["channel.created", "organization.created", "session.created", "session.created", "user.password_changed"]
    );
    assert_eq!(rows(&mut cx).await[3].4.as_deref(), Some("192.0.2.9"));
}

#[tokio::test]
async fn daily_work_is_written_too() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    let before = actions(&mut cx).await.len();
    let canned = canned_responses::create(&mut cx, "hi", "Hello").await.unwrap();
    canned_responses::update(&mut cx, canned.id, None, "hi", "Good day").await.unwrap();
    canned_responses::delete(&mut cx, canned.id).await.unwrap();
    let contact =
        contacts::create(&mut cx, ContactInput { name: Some("Ana".into()), ..Default::default() }).await.unwrap();
    contacts::update(&mut cx, contact.summary.id, ContactInput { is_vip: Some(true), ..Default::default() })
        .await
        .unwrap();
    let text = CreateTextSource { name: "Delivery".into(), content: "Three days.".into() };
    let source = knowledge::create_text(&mut cx, text).await.unwrap();
    knowledge::set_schedule(&mut cx, source.id, Schedule::Daily).await.unwrap();
    knowledge::cancel(&mut cx, source.id).await.unwrap();
    knowledge::sync(&mut cx, source.id).await.unwrap();
    conversations::take_over(&mut cx, id).await.unwrap();
    conversations::take_over(&mut cx, id).await.unwrap();
    conversations::close(&mut cx, id).await.unwrap();
    let rows = rows(&mut cx).await.split_off(before);
    let names: Vec<_> = rows.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(
        names,
        [
            "canned_response.created",
            "canned_response.updated",
            "canned_response.deleted",
            "contact.created",
            "contact.updated",
            "knowledge_source.created",
            "knowledge_source.updated",
            "knowledge_sync.cancelled",
            "knowledge_sync.started",
            "conversation.updated",
            "conversation.updated",
        ]
    );
    assert_eq!((&rows[1].2, &rows[1].3), (&Some(json!({"content": "Hello"})), &Some(json!({"content": "Good day"}))));
    assert_eq!(rows[4].3, Some(json!({"changed": ["is_vip"]})), "no values: a person may want to be forgotten");
    assert_eq!(rows[9].3.as_ref().unwrap()["owner"], "member");
    assert_eq!(rows[10].3.as_ref().unwrap()["status"], "closed");
}

#[test]
fn every_noun_of_the_log_is_named_to_operators() {
    // Found at run time: the build may be another clone's.
    let crate_folder = std::env::current_dir().unwrap();
    let page = include_str!("../../../../docs/operations.md");
    let (_, rest) = page.split_once("what was done to its nouns: ").unwrap();
    let named: BTreeSet<&str> = rest.split("`.").next().unwrap().split('`').filter(|word| word.len() > 2).collect();
    let mut recorded = BTreeSet::new();
    let mut folders = vec![crate_folder.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                recorded.extend(nouns(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert_eq!(recorded.iter().map(String::as_str).collect::<BTreeSet<_>>(), named);
}

/// The nouns of the actions that a source file records.
fn nouns(code: &str) -> Vec<String> {
    let calls = ["audit::record(", "audit::changed("].into_iter().flat_map(|call| code.split(call).skip(1));
    let actions = calls.filter_map(|call| call.split(';').next()?.split('"').nth(1));
    actions.filter_map(|action| Some(action.split_once('.')?.0.to_owned())).collect()
}
