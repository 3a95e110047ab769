//! HTML, script and SQL in every field that takes text: kept and given back as the text that it is.

use domain::{
    agents, canned_responses, channels, contacts, conversations, knowledge, messages, organizations, visitors,
};
use types::{
    agent::{AgentInput, HandoffRules},
    channel::UpdateChannel,
    contact::ContactInput,
    conversation::UpdateConversation,
    knowledge::CreateTextSource,
    organization::UpdateOrganization,
    widget::Identify,
};

use crate::desk::{agent_input, desk, note, reply};

const HOSTILE: &str =
    r#"<script>alert("1")</script><img src=x onerror='a()'>&amp;{{7*7}} ${x} %s '; drop table users; --"#;

fn hostile() -> String {
    HOSTILE.to_owned()
}

#[tokio::test]
async fn fields_that_members_fill_are_text() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    let cx = &mut cx;

    let organization = organizations::get(cx).await.unwrap();
    let update = UpdateOrganization { name: hostile(), settings: organization.settings };
    assert_eq!(organizations::update(cx, update).await.unwrap().name, HOSTILE);
    assert_eq!(organizations::get(cx).await.unwrap().name, HOSTILE);

    let channel = channels::get(cx, desk.channel).await.unwrap();
    let mut settings = channel.settings;
    (settings.title, settings.greeting) = (HOSTILE[..60].to_owned(), hostile());
    settings.quick_replies = vec![HOSTILE[..60].to_owned()];
    let update = UpdateChannel { name: hostile(), is_active: true, agent_id: None, settings: settings.clone() };
    channels::update(cx, desk.channel, update).await.unwrap();
    let channel = channels::get(cx, desk.channel).await.unwrap();
    assert_eq!((channel.name.as_str(), &channel.settings), (HOSTILE, &settings));

    let rules =
        HandoffRules { keywords: vec![HOSTILE[..90].to_owned()], message: hostile(), ..HandoffRules::default() };
    let input = AgentInput {
        name: hostile(),
        instructions: hostile(),
        greeting: hostile(),
        model: hostile(),
        handoff_rules: rules.clone(),
        ..agent_input()
    };
    let agent = agents::create(&desk.services, cx, input).await.unwrap();
    let agent = agents::get(cx, agent.id).await.unwrap();
    assert_eq!([&agent.name, &agent.instructions, &agent.greeting, &agent.model], [HOSTILE; 4]);
    assert_eq!(agent.handoff_rules, rules);

    let mut fields = serde_json::Map::new();
    fields.insert("plan".into(), HOSTILE.into());
    let input = ContactInput {
        name: Some(hostile()),
        company: Some(hostile()),
        notes: Some(hostile()),
        tags: Some(vec![HOSTILE[..40].to_owned()]),
        custom_fields: Some(fields.clone()),
        ..ContactInput::default()
    };
    let contact = desk.get(id).await.summary.contact_id;
    contacts::update(cx, contact, input).await.unwrap();
    let contact = contacts::get(cx, contact).await.unwrap();
    assert_eq!([&contact.summary.name, &contact.summary.company, &contact.notes], [HOSTILE; 3]);
    assert_eq!((contact.summary.tags, contact.custom_fields), (vec![HOSTILE[..40].to_owned()], fields));

    let update =
        UpdateConversation { subject: Some(hostile()), tags: Some(vec![HOSTILE[..40].into()]), priority: None };
    let conversation = conversations::update(cx, id, update).await.unwrap().summary;
    assert_eq!((conversation.subject.as_str(), conversation.tags), (HOSTILE, vec![HOSTILE[..40].to_owned()]));

    let canned = canned_responses::create(cx, "bad", HOSTILE).await.unwrap();
    assert_eq!(canned.content, HOSTILE);

    for message in [reply(HOSTILE), note(HOSTILE)] {
        let message = messages::send(cx, id, message).await.unwrap();
        assert_eq!(message.content, HOSTILE);
        assert!(!message.html.contains("<script") && !message.html.contains("<img"), "{}", message.html);
    }
}

#[tokio::test]
async fn fields_that_visitors_fill_are_text() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let sent = desk.says(&visitor, HOSTILE).await;
    assert_eq!(sent.message.content, HOSTILE);
    assert!(!sent.message.html.contains("<script") && !sent.message.html.contains("<img"), "{}", sent.message.html);
    let mut attributes = serde_json::Map::new();
    attributes.insert("plan".into(), HOSTILE.into());
    let identify = Identify { name: Some(hostile()), attributes: Some(attributes.clone()), ..Identify::default() };
    let session = visitors::identify(&desk.services, &visitor, identify).await.unwrap();
    assert_eq!(session.contact_name.as_deref(), Some(HOSTILE));
    let contact = desk.get(sent.conversation_id).await.summary.contact_id;
    assert_eq!(contacts::get(&mut desk.cx().await, contact).await.unwrap().custom_fields, attributes);
    // An address with markup is no address.
    let markup = visitors::set_email(&desk.services, &visitor, "<img/src=x>@example.com").await;
    assert_eq!(crate::support::invalid_fields(markup), ["email"]);
}

#[tokio::test]
async fn knowledge_is_text() {
    let desk = desk().await;
    let mut cx = desk.cx().await;
    let text = format!("Escape it as `{HOSTILE}` in your templates.");
    let input = CreateTextSource { name: hostile(), content: text };
    let source = knowledge::create_text(&mut cx, input).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert_eq!(source.name, HOSTILE);
    knowledge::sync::run(&desk.services, desk.world.a.id, source.id, source.sync.unwrap().id).await.unwrap();
    let found = knowledge::search(&desk.services, desk.world.a.id, db::Actor::System, "escape templates", 5, &[])
        .await
        .unwrap();
    assert!(found[0].content.contains(r#"<script>alert("1")</script>"#), "{found:?}");
    assert_eq!(found[0].title, HOSTILE);
}
