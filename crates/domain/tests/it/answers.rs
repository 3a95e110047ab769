//! Curated answers: what members write beats what an agent finds.

use db::Actor;
use domain::{Error, Result, Services, agents, answers, jobs::Job};
use types::{
    agent::{Decision, DecisionCode, DecisionReason},
    answer::{Answer, AnswerInput},
    id::{AnswerId, ApiKeyId},
    reason::ReasonCode,
};
use uuid::Uuid;

use crate::{
    embedders::{Down, Hanging},
    reply::answering,
    support::{World, assert_not_found, events, invalid_fields, two_organizations},
};

fn input(question: &str, answer: &str) -> AnswerInput {
    AnswerInput { category: "Shop".into(), question: question.into(), answer: answer.into(), is_active: true }
}

async fn create(services: &Services, world: &World, input: AnswerInput) -> Result<Answer> {
    answers::create(services, world.a.id, world.a.owner.clone(), input).await
}

async fn update(world: &World, id: AnswerId, input: AnswerInput) -> Result<Answer> {
    answers::update(&world.services, world.a.id, world.a.owner.clone(), id, input, None).await
}

#[tokio::test]
async fn an_answer_is_made_listed_changed_and_removed() {
    let world = two_organizations().await;
    let made = create(&world.services, &world, input(" Are you\nopen? ", " From 9.\r\n\r\nTo 17. ")).await.unwrap();
    assert_eq!((made.question.as_str(), made.answer.as_str()), ("Are you open?", "From 9.\n\nTo 17."));
    let hostile = input("<script>alert(1)</script>", "<img src=x onerror=alert(1)> '; drop table answers; --");
    let second =
        create(&world.services, &world, AnswerInput { category: "A".into(), ..hostile.clone() }).await.unwrap();
    assert_eq!(
        (second.question.as_str(), second.answer.as_str()),
        (hostile.question.as_str(), hostile.answer.as_str())
    );
    let mut cx = world.cx_a().await;
    assert_eq!(answers::list(&mut cx).await.unwrap(), [second.clone(), made.clone()]);
    drop(cx);
    let off = AnswerInput { is_active: false, ..input("Are you open on Sunday?", "No.") };
    let changed = update(&world, made.id, off).await.unwrap();
    assert_eq!((changed.question.as_str(), changed.is_active), ("Are you open on Sunday?", false));
    let mut cx = world.cx_a().await;
    answers::delete(&mut cx, second.id).await.unwrap();
    assert_not_found(answers::delete(&mut cx, second.id).await);
    assert_eq!(answers::list(&mut cx).await.unwrap(), [changed]);
    assert_eq!(events(&mut cx).await, ["answer.created", "answer.created", "answer.updated", "answer.deleted"]);
    world.services.commit(cx).await.unwrap();
    assert_not_found(update(&world, second.id, input("a", "b")).await);
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_by_its_field() {
    let world = two_organizations().await;
    let made = create(&world.services, &world, input("Are you open?", "Yes.")).await.unwrap();
    let long = |length: usize| "ë".repeat(length);
    for (field, input) in [
        ("question", input(" ", "Yes.")),
        ("question", input(&long(501), "Yes.")),
        ("answer", input("Open?", "\n")),
        ("answer", input("Open?", &long(10_001))),
        ("category", AnswerInput { category: long(101), ..input("Open?", "Yes.") }),
    ] {
        assert_eq!(invalid_fields(create(&world.services, &world, input.clone()).await), [field]);
        assert_eq!(invalid_fields(update(&world, made.id, input).await), [field]);
    }
    assert!(create(&world.services, &world, input(&long(500), &long(10_000))).await.is_ok());
}

#[tokio::test]
async fn nobody_else_may_write_or_see_them() {
    let world = two_organizations().await;
    let made = create(&world.services, &world, input("Are you open?", "Yes.")).await.unwrap();
    let forbidden = |result: Result<Answer>| assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
    let services = &world.services;
    forbidden(answers::create(services, world.a.id, world.plain_member(), input("a", "b")).await);
    forbidden(answers::update(services, world.a.id, world.plain_member(), made.id, input("a", "b"), None).await);
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    assert!(matches!(answers::delete(&mut cx, made.id).await, Err(Error::Forbidden(_))));
    assert_eq!(answers::list(&mut cx).await.unwrap().len(), 1);
    drop(cx);
    let program = Actor::ApiKey { id: ApiKeyId(Uuid::new_v4()), scopes: Vec::new() };
    let mut cx = world.cx(&world.a, program).await;
    assert!(matches!(answers::list(&mut cx).await, Err(Error::Forbidden(_))));
    drop(cx);

    let b = &world.b;
    assert_not_found(answers::update(services, b.id, b.owner.clone(), made.id, input("a", "b"), None).await);
    let mut cx = world.cx_b().await;
    assert_not_found(answers::delete(&mut cx, made.id).await);
    assert!(answers::list(&mut cx).await.unwrap().is_empty());
    drop(cx);
    assert_eq!(answers::list(&mut world.cx_a().await).await.unwrap(), [made]);
}

#[tokio::test]
async fn without_the_embedding_model_nothing_is_written_and_no_connection_is_held() {
    let world = two_organizations().await;
    let services = Services { embedder: std::sync::Arc::new(Down), ..world.services.clone() };
    let refused = create(&services, &world, input("Are you open?", "Yes.")).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");

    // While the model thinks, every connection of the pool is free.
    let services = Services { embedder: std::sync::Arc::new(Hanging), ..world.services.clone() };
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (services, a) = (services.clone(), world.a.clone());
            tokio::spawn(async move { answers::create(&services, a.id, a.owner, input("Open?", "Yes.")).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let in_hand = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        let mut all = Vec::new();
        for _ in 0..8 {
            all.push(world.cx_a().await);
        }
        all.len()
    });
    assert_eq!(in_hand.await, Ok(8));
    assert!(waiting.iter().all(|task| !task.is_finished()));
    waiting.iter().for_each(|task| task.abort());
    assert!(answers::list(&mut world.cx_a().await).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_curated_answer_beats_a_generated_one_and_counts_once() {
    let it = answering("Within thirty days [1].").await;
    let world = &it.desk.world;
    let curated = input("Can goods be returned?", "Yes: **sixty** days for members.");
    let made = create(&it.desk.services, world, curated.clone()).await.unwrap();
    let visitor = it.desk.visitor().await;
    let sent = it.desk.says(&visitor, "can GOODS be returned").await;
    let job = it.desk.jobs(sent.conversation_id).await.pop().unwrap();
    for _ in 0..2 {
        domain::jobs::run(&it.desk.services, job.clone()).await.unwrap();
    }
    let answers = it.answers(sent.conversation_id).await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].content, curated.answer);
    assert!(it.provider.requests().is_empty(), "no model was asked");
    let trace = agents::trace(&mut it.desk.cx().await, answers[0].id).await.unwrap().unwrap();
    let alike = DecisionReason { number: Some(100), ..DecisionCode::SameQuestion.of(curated.question.clone()) };
    assert_eq!((trace.decision, trace.why), (Decision::Curated, Some(alike)));
    assert_eq!(answers::list(&mut it.desk.cx().await).await.unwrap()[0].hit_count, 1);

    // Switched off, it beats nothing.
    update(world, made.id, AnswerInput { is_active: false, ..curated }).await.unwrap();
    let sent = it.desk.says(&visitor, "Can goods be returned?").await;
    let job = it.desk.jobs(sent.conversation_id).await.pop().unwrap();
    assert!(matches!(&job, Job::ReplyAsAgent { message_id, .. } if *message_id == sent.message.id));
    domain::jobs::run(&it.desk.services, job).await.unwrap();
    assert_eq!(it.answers(sent.conversation_id).await[1].content, "Within thirty days [1].");
}

#[tokio::test]
async fn the_same_words_find_a_curated_answer_without_the_embedding_model() {
    let it = answering("Within thirty days [1].").await;
    create(&it.desk.services, &it.desk.world, input("Can goods be returned?", "Yes.")).await.unwrap();
    let services = Services { embedder: std::sync::Arc::new(Down), ..it.desk.services.clone() };
    let visitor = it.desk.visitor().await;
    let sent = it.desk.says(&visitor, "Can goods be returned").await;
    domain::jobs::run(&services, it.desk.jobs(sent.conversation_id).await.pop().unwrap()).await.unwrap();
    assert_eq!(it.answers(sent.conversation_id).await[0].content, "Yes.");
}

#[tokio::test]
async fn what_was_changed_since_it_was_shown_is_not_undone() {
    let world = two_organizations().await;
    let made = create(&world.services, &world, input("When?", "At nine.")).await.unwrap();
    let shown = Some(made.updated_at.timestamp_micros());
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let save = |answer: &str| {
        let owner = world.a.owner.clone();
        answers::update(&world.services, world.a.id, owner, made.id, input("When?", answer), shown)
    };
    save("At ten.").await.expect("as it was shown");
    assert!(matches!(save("At eleven.").await, Err(Error::Conflict(_))));
    assert_eq!(answers::list(&mut world.cx_a().await).await.unwrap()[0].answer, "At ten.");
}
