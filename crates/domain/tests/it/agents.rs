//! Agents: their settings, their secrets, and who may touch them.

use db::Actor;
use domain::{Cx, Error, Result, agents, knowledge};
use types::{
    agent::{AgentInput, HandoffRules, Passage, PlaygroundTurn, PromptMessage, Provider},
    id::{AgentId, ApiKeyId, MessageId, SourceId},
    knowledge::CreateTextSource,
    permission::Permission,
};
use uuid::Uuid;

use crate::{
    desk::{agent_input, desk_with_agent},
    support::{World, assert_not_found, delete_source, events, invalid_fields, two_organizations},
};

const KEY: &str = "sk-very-secret-0123456789";

fn with_provider() -> AgentInput {
    AgentInput {
        provider: Provider::Openai,
        model: "gpt-x".into(),
        base_url: "http://127.0.0.1:9/v1/".into(),
        api_key: Some(format!(" {KEY} ")),
        ..agent_input()
    }
}

fn asked(question: &str) -> Vec<PlaygroundTurn> {
    vec![PlaygroundTurn { is_user: true, content: question.into() }]
}

async fn create(world: &World, input: AgentInput) -> types::agent::Agent {
    let mut cx = world.cx_a().await;
    let agent = agents::create(&world.services, &mut cx, input).await.unwrap();
    world.services.commit(cx).await.unwrap();
    agent
}

async fn stored_key(cx: &mut Cx, id: AgentId) -> Option<Vec<u8>> {
    sqlx::query_scalar("select api_key_encrypted from agents where organization_id = $1 and id = $2")
        .bind(cx.organization().0)
        .bind(id.0)
        .fetch_one(cx.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_agent_is_made_listed_changed_and_removed() {
    let world = two_organizations().await;
    let input = AgentInput {
        name: " Zana ".into(),
        instructions: "Be kind.\r\nBe brief.\u{7}".into(),
        languages: vec!["SQ".into(), "en".into(), "sq".into()],
        handoff_rules: HandoffRules {
            keywords: vec![" refund ".into(), "refund".into(), " ".into()],
            ..Default::default()
        },
        ..agent_input()
    };
    let made = create(&world, input.clone()).await;
    assert_eq!((made.name.as_str(), made.instructions.as_str()), ("Zana", "Be kind.\nBe brief."));
    assert_eq!(
        (made.languages.clone(), made.handoff_rules.keywords.clone()),
        (vec!["sq".to_owned(), "en".into()], vec!["refund".to_owned()])
    );
    let other = create(&world, AgentInput { name: "aria".into(), ..agent_input() }).await;

    let mut cx = world.cx_a().await;
    assert_eq!(agents::get(&mut cx, made.id).await.unwrap(), made);
    let names: Vec<_> = agents::list(&mut cx).await.unwrap().into_iter().map(|agent| agent.name).collect();
    assert_eq!(names, ["aria", "Zana"]);

    let changed = AgentInput { name: "Zana 2".into(), is_active: false, ..input };
    let changed = agents::update(&world.services, &mut cx, made.id, changed).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.is_active), ("Zana 2", false));
    agents::delete(&mut cx, other.id).await.unwrap();
    assert_not_found(agents::get(&mut cx, other.id).await);
    assert_not_found(agents::delete(&mut cx, other.id).await);
    let told = events(&mut cx).await;
    assert_eq!(told, ["agent.created", "agent.created", "agent.updated", "agent.deleted"]);
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_by_its_field() {
    let world = two_organizations().await;
    let mut cx = world.cx_b().await;
    let text = CreateTextSource { name: "Theirs".into(), content: "Text.".into() };
    let theirs = knowledge::create_text(&mut cx, text).await.unwrap().id;
    world.services.commit(cx).await.unwrap();

    let long = |length: usize| "ë".repeat(length);
    let rules = HandoffRules::default;
    let cases: Vec<(&str, AgentInput)> = vec![
        ("name", AgentInput { name: " \n ".into(), ..agent_input() }),
        ("name", AgentInput { name: long(121), ..agent_input() }),
        ("instructions", AgentInput { instructions: long(20_001), ..agent_input() }),
        ("greeting", AgentInput { greeting: long(1001), ..agent_input() }),
        ("languages", AgentInput { languages: vec!["english".into()], ..agent_input() }),
        ("languages", AgentInput { languages: ('a'..='u').map(|c| format!("x{c}")).collect(), ..agent_input() }),
        ("model", AgentInput { model: " ".into(), ..with_provider() }),
        ("model", AgentInput { model: long(201), ..with_provider() }),
        ("base_url", AgentInput { base_url: "ftp://models.example".into(), ..with_provider() }),
        ("base_url", AgentInput { base_url: "http://10.0.0.1/v1".into(), ..with_provider() }),
        ("base_url", AgentInput { base_url: "http://169.254.169.254/".into(), ..with_provider() }),
        ("api_key", AgentInput { base_url: String::new(), api_key: None, ..with_provider() }),
        ("api_key", AgentInput { api_key: Some("two words".into()), ..with_provider() }),
        ("api_key", AgentInput { api_key: Some("k".repeat(1001)), ..with_provider() }),
        ("temperature", AgentInput { temperature: 2.1, ..agent_input() }),
        ("temperature", AgentInput { temperature: f32::NAN, ..agent_input() }),
        ("max_tokens", AgentInput { max_tokens: 15, ..agent_input() }),
        ("max_tokens", AgentInput { max_tokens: 16_001, ..agent_input() }),
        (
            "handoff_rules.keywords",
            AgentInput { handoff_rules: HandoffRules { keywords: vec![long(101)], ..rules() }, ..agent_input() },
        ),
        (
            "handoff_rules.keywords",
            AgentInput {
                handoff_rules: HandoffRules { keywords: (0..101).map(|n| format!("word{n}")).collect(), ..rules() },
                ..agent_input()
            },
        ),
        (
            "handoff_rules.after_unanswered",
            AgentInput { handoff_rules: HandoffRules { after_unanswered: 21, ..rules() }, ..agent_input() },
        ),
        (
            "handoff_rules.message",
            AgentInput { handoff_rules: HandoffRules { message: long(1001), ..rules() }, ..agent_input() },
        ),
        ("source_ids", AgentInput { source_ids: Some(vec![SourceId(Uuid::new_v4())]), ..agent_input() }),
        ("source_ids", AgentInput { source_ids: Some(vec![theirs]), ..agent_input() }),
    ];
    let agent = create(&world, agent_input()).await;
    let mut cx = world.cx_a().await;
    for (field, input) in cases {
        let shown = format!("{field}: {input:?}").chars().take(300).collect::<String>();
        let fields = invalid_fields(agents::create(&world.services, &mut cx, input.clone()).await);
        assert_eq!(fields, [field], "{shown}");
        let fields = invalid_fields(agents::update(&world.services, &mut cx, agent.id, input).await);
        assert_eq!(fields, [field], "{shown}");
    }
    // All at once, so that a form shows them together; and the very last that fits.
    let two = AgentInput { name: String::new(), max_tokens: 0, ..agent_input() };
    assert_eq!(invalid_fields(agents::create(&world.services, &mut cx, two).await), ["name", "max_tokens"]);
    let fits = AgentInput { name: long(120), instructions: long(20_000), greeting: long(1000), ..agent_input() };
    assert!(agents::create(&world.services, &mut cx, fits).await.is_ok());
    assert_eq!(agents::list(&mut cx).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_is_encrypted_at_rest_and_never_given_out() {
    let world = two_organizations().await;
    let agent = create(&world, with_provider()).await;
    assert!(agent.has_api_key);
    assert_eq!(agent.base_url, "http://127.0.0.1:9/v1");
    let mut cx = world.cx_a().await;
    let first = stored_key(&mut cx, agent.id).await.unwrap();
    assert!(!first.windows(KEY.len()).any(|part| part == KEY.as_bytes()), "the key is stored as it is");
    assert_eq!(world.services.secret_key.decrypt(&first).as_deref(), Some(KEY.as_bytes()));
    // The same key twice is two ciphers: nobody sees who shares one.
    let second = create(&world, with_provider()).await;
    assert_ne!(stored_key(&mut cx, second.id).await.unwrap(), first);

    // Neither what members read nor what is told to others has it.
    let failed = agents::playground(&world.services, world.a.id, world.a.owner.clone(), agent.id, asked("x")).await;
    let all = format!("{:?} {:?} {failed:?}", agents::list(&mut cx).await.unwrap(), agent);
    let payloads: String =
        sqlx::query_scalar("select string_agg(payload::text, ' ') from events where organization_id = $1")
            .bind(world.a.id.0)
            .fetch_one(cx.conn())
            .await
            .unwrap();
    assert!(!all.contains(KEY) && !payloads.contains(KEY));

    // Kept when none is given, sent nowhere else, removed on request.
    let keep = AgentInput { api_key: None, name: "Renamed".into(), ..with_provider() };
    assert!(agents::update(&world.services, &mut cx, agent.id, keep.clone()).await.unwrap().has_api_key);
    assert_eq!(stored_key(&mut cx, agent.id).await.unwrap(), first);
    let elsewhere = AgentInput { base_url: "http://127.0.0.1:10/v1".into(), ..keep.clone() };
    assert_eq!(invalid_fields(agents::update(&world.services, &mut cx, agent.id, elsewhere).await), ["api_key"]);
    let other_provider = AgentInput { provider: Provider::Anthropic, ..keep.clone() };
    assert_eq!(invalid_fields(agents::update(&world.services, &mut cx, agent.id, other_provider).await), ["api_key"]);
    // One that answers without a model sends it nowhere, and does not open a way to another address.
    let base_url = "http://127.0.0.1:10/v1".to_owned();
    let extractive = AgentInput { provider: Provider::Extractive, base_url: base_url.clone(), ..keep.clone() };
    assert!(agents::update(&world.services, &mut cx, agent.id, extractive).await.unwrap().has_api_key);
    let elsewhere = AgentInput { base_url, ..keep.clone() };
    for back in [elsewhere, keep.clone()] {
        assert_eq!(invalid_fields(agents::update(&world.services, &mut cx, agent.id, back).await), ["api_key"]);
    }
    let removed = AgentInput { api_key: Some(String::new()), ..keep };
    assert!(!agents::update(&world.services, &mut cx, agent.id, removed).await.unwrap().has_api_key);
    assert_eq!(stored_key(&mut cx, agent.id).await, None);
}

#[tokio::test]
async fn a_playground_answers_and_keeps_nothing() {
    let world = two_organizations().await;
    let agent = create(&world, agent_input()).await;
    let ask = |turns| agents::playground(&world.services, world.a.id, world.a.owner.clone(), agent.id, turns);
    let answer = ask(asked("<b>What</b> is the meaning of kryptonite?")).await.unwrap();
    assert!(answer.content.contains("could not find"), "{answer:?}");
    assert_eq!(invalid_fields(ask(Vec::new()).await), ["turns"]);
    let theirs = PlaygroundTurn { is_user: false, content: "Hello".into() };
    assert_eq!(invalid_fields(ask(vec![theirs]).await), ["turns"]);
    assert_eq!(invalid_fields(ask(asked(" ")).await), ["question"]);
    assert_eq!(invalid_fields(ask(asked(&"a".repeat(10_001))).await), ["question"]);
    let mut cx = world.cx_a().await;
    for table in ["messages", "conversations", "answer_traces"] {
        let count: i64 = sqlx::query_scalar(&format!("select count(*) from {table} where organization_id = $1"))
            .bind(world.a.id.0)
            .fetch_one(cx.conn())
            .await
            .unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

/// A text that is read, and can be found.
async fn text_source(world: &World, content: &str) -> SourceId {
    let mut cx = world.cx_a().await;
    let text = CreateTextSource { name: "Text".into(), content: content.into() };
    let source = knowledge::create_text(&mut cx, text).await.unwrap();
    world.services.commit(cx).await.unwrap();
    knowledge::sync::run(&world.services, world.a.id, source.id, source.sync.unwrap().id).await.unwrap();
    source.id
}

async fn passages(world: &World, id: AgentId, question: &str) -> Vec<Passage> {
    let owner = world.a.owner.clone();
    agents::playground(&world.services, world.a.id, owner, id, asked(question)).await.unwrap().trace.passages
}

#[tokio::test]
async fn an_agent_whose_sources_are_deleted_does_not_answer_from_the_others() {
    const QUESTION: &str = "Can goods be returned?";
    let world = two_organizations().await;
    let services = &world.services;
    text_source(&world, "Goods can be returned within thirty days.").await;
    let hours = text_source(&world, "We open at nine.").await;
    let bound_to = |sources: &[SourceId]| AgentInput { source_ids: Some(sources.to_vec()), ..agent_input() };
    let bound = create(&world, bound_to(&[hours])).await;
    let free = create(&world, agent_input()).await;
    assert!(!bound.all_sources && free.all_sources);
    // As a program before the column binds one.
    let old = create(&world, agent_input()).await;
    let mut cx = world.cx_a().await;
    sqlx::query("insert into agent_sources values ($1, $2, $3)")
        .bind(world.a.id.0)
        .bind(old.id.0)
        .bind(hours.0)
        .execute(cx.conn())
        .await
        .unwrap();
    world.services.commit(cx).await.unwrap();
    assert!(!agents::get(&mut world.cx_a().await, old.id).await.unwrap().all_sources);
    assert!(passages(&world, bound.id, QUESTION).await.iter().all(|passage| passage.source_id == hours));

    delete_source(services, world.cx_a().await, hours).await.unwrap();
    for id in [bound.id, old.id] {
        let agent = agents::get(&mut world.cx_a().await, id).await.unwrap();
        assert!(agent.has_no_source(), "{agent:?}");
        assert!(passages(&world, id, QUESTION).await.is_empty());
    }
    assert!(!passages(&world, free.id, QUESTION).await.is_empty());

    // So it stays until somebody says otherwise.
    let mut cx = world.cx_a().await;
    let renamed = AgentInput { name: "Renamed".into(), ..agent_input() };
    assert!(agents::update(services, &mut cx, bound.id, renamed).await.unwrap().has_no_source());
    assert!(agents::update(services, &mut cx, bound.id, bound_to(&[])).await.unwrap().all_sources);
    services.commit(cx).await.unwrap();
    assert!(!passages(&world, bound.id, QUESTION).await.is_empty());
}

fn assert_forbidden<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let world = two_organizations().await;
    let agent = create(&world, agent_input()).await;
    let services = &world.services;
    // Members read agents and do not change them.
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    assert_forbidden(agents::create(services, &mut cx, agent_input()).await);
    assert_forbidden(agents::update(services, &mut cx, agent.id, agent_input()).await);
    assert_forbidden(agents::delete(&mut cx, agent.id).await);
    assert!(agents::get(&mut cx, agent.id).await.is_ok() && agents::list(&mut cx).await.is_ok());
    // Trying one out costs as much as answering customers.
    assert_forbidden(agents::playground(services, world.a.id, world.plain_member(), agent.id, asked("hi")).await);
    // A program without the scope does neither.
    let program = Actor::ApiKey { id: ApiKeyId(Uuid::new_v4()), scopes: Vec::new() };
    let mut cx = world.cx(&world.a, program.clone()).await;
    assert_forbidden(agents::get(&mut cx, agent.id).await);
    assert_forbidden(agents::list(&mut cx).await);
    assert_forbidden(agents::trace(&mut cx, MessageId(Uuid::new_v4())).await);
    assert_forbidden(agents::playground(services, world.a.id, program, agent.id, asked("hi")).await);
}

/// What was found and sent to a model is knowledge, also beside an answer.
#[tokio::test]
async fn traces_show_the_knowledge_to_those_who_may_read_it() {
    const QUESTION: &str = "Can goods be returned?";
    let world = two_organizations().await;
    let services = &world.services;
    text_source(&world, "Goods can be returned within thirty days.").await;
    let agent = create(&world, agent_input()).await;
    let may = |scopes: &[Permission]| Actor::ApiKey { id: ApiKeyId(Uuid::new_v4()), scopes: scopes.to_vec() };
    let tries = [Permission::AgentsRead, Permission::AgentsWrite];
    let ask = async |program| agents::playground(services, world.a.id, program, agent.id, asked(QUESTION)).await;
    assert_forbidden(ask(may(&tries[..1])).await);
    let reads = ask(may(&[tries[0], tries[1], Permission::KnowledgeRead])).await.unwrap();
    assert!(!reads.trace.passages.is_empty());
    let blind = ask(may(&tries)).await.unwrap();
    assert_eq!((blind.content, blind.trace.decision), (reads.content, reads.trace.decision));
    assert_eq!((blind.trace.passages, blind.trace.prompt), (vec![], vec![]));

    let desk = desk_with_agent().await;
    let (_, conversation) = desk.conversation().await;
    desk.run_jobs(conversation).await;
    let answer = desk.thread(conversation).await.into_iter().find(|message| message.author_name == "Aria").unwrap();
    let prompt = PromptMessage { role: "system".into(), content: "Goods can be returned.".into() };
    let mut cx = desk.cx().await;
    sqlx::query("update answer_traces set passages = $2, prompt = $3 where organization_id = $1")
        .bind(cx.organization().0)
        .bind(serde_json::to_value(&reads.trace.passages).unwrap())
        .bind(serde_json::to_value([&prompt]).unwrap())
        .execute(cx.conn())
        .await
        .unwrap();
    desk.services.commit(cx).await.unwrap();
    let trace = async |program| {
        let mut cx = desk.world.cx(&desk.world.a, program).await;
        agents::trace(&mut cx, answer.id).await.unwrap().unwrap()
    };
    let reads_both = trace(may(&[Permission::ConversationsRead, Permission::KnowledgeRead])).await;
    assert_eq!((reads_both.passages, reads_both.prompt), (reads.trace.passages, vec![prompt]));
    let blind = trace(may(&[Permission::ConversationsRead])).await;
    assert_eq!((blind.passages, blind.prompt), (vec![], vec![]));
    assert_eq!(blind.question, reads_both.question);
}

#[tokio::test]
async fn another_organizations_agent_is_not_there() {
    let desk = desk_with_agent().await;
    let (id, services) = (desk.agent.unwrap(), &desk.services);
    let (_, conversation) = desk.conversation().await;
    desk.run_jobs(conversation).await;
    let answer = desk.thread(conversation).await.into_iter().find(|message| message.author_name == "Aria").unwrap();
    assert!(agents::trace(&mut desk.cx().await, answer.id).await.unwrap().is_some());

    let mut cx = desk.stranger().await;
    assert_not_found(agents::get(&mut cx, id).await);
    assert_not_found(agents::update(services, &mut cx, id, agent_input()).await);
    assert_not_found(agents::delete(&mut cx, id).await);
    assert!(agents::list(&mut cx).await.unwrap().is_empty());
    assert_eq!(agents::trace(&mut cx, answer.id).await.unwrap(), None);
    let b = &desk.world.b;
    assert_not_found(agents::playground(services, b.id, b.owner.clone(), id, asked("hi")).await);
    drop(cx);
    assert_eq!(agents::get(&mut desk.cx().await, id).await.unwrap().name, "Aria");
}
