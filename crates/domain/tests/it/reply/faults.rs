//! A provider, or the embedding model, that fails: tried again, then a person is called, and the visitor reads it.

use std::{sync::Arc, time::Duration};

use domain::{Services, jobs};
use llm::testing::Behaviour;
use types::{
    agent::{Decision, DecisionCode, Provider},
    conversation::Owner,
};

use super::{Answering, LONG, PYETJA, QUESTION, answering, drafts, slow};
use crate::{
    desk::lines,
    embedders::{Down, Hanging},
};

const SORRY: &str = "I'm sorry, I cannot answer at the moment. I'm passing you on to a person, who will reply here.";
const NA_VJEN_KEQ: &str =
    "Më vjen keq, për momentin nuk mund të përgjigjem. Po ju kaloj te një person, i cili do t'ju përgjigjet këtu.";

/// Each fault, and how often the provider is asked: less often when it has said something already.
fn faults(provider: Provider) -> Vec<(Behaviour, usize)> {
    // Anthropic's stream begins with events that are no words.
    let after_a_pause = if provider == Provider::Anthropic { 3 } else { 2 };
    let long = Duration::from_secs(3);
    vec![
        (Behaviour::Hang, 3),
        (Behaviour::Slow { first: long, between: Duration::ZERO, text: LONG.into() }, 3),
        (Behaviour::Slow { first: Duration::ZERO, between: long, text: LONG.into() }, after_a_pause),
        (Behaviour::Status(503), 3),
        (Behaviour::Status(401), 1),
        (Behaviour::Status(404), 1),
        (Behaviour::RateLimited { retry_after: 1 }, 3),
        // Nobody waits a minute.
        (Behaviour::RateLimited { retry_after: 60 }, 1),
        (Behaviour::Page, 3),
        (Behaviour::NoJson, 3),
        (Behaviour::Answer(" ".into()), 2),
        (Behaviour::Truncated(LONG.into()), 2),
        (Behaviour::Unfinished(LONG.into()), 2),
        (Behaviour::Answer("endless ".repeat(13_000)), 2),
    ]
}

/// What the trace says of it. Whether time or bytes end an answer that has no end depends on the machine.
fn code(fault: &Behaviour) -> Option<DecisionCode> {
    Some(match fault {
        Behaviour::Answer(text) if !text.trim().is_empty() => return None,
        Behaviour::Status(401) => DecisionCode::KeyRefused,
        Behaviour::Status(404) => DecisionCode::RequestRefused,
        Behaviour::RateLimited { .. } => DecisionCode::RateLimited,
        Behaviour::Page | Behaviour::NoJson | Behaviour::Answer(_) => DecisionCode::SenselessAnswer,
        Behaviour::Truncated(_) | Behaviour::Unfinished(_) => DecisionCode::BrokenAnswer,
        _ => DecisionCode::NoAnswer,
    })
}

#[tokio::test]
async fn an_openai_provider_that_fails_is_asked_again_and_then_a_person_is_called() {
    each_fault(Provider::Openai).await;
}

#[tokio::test]
async fn an_anthropic_provider_that_fails_is_asked_again_and_then_a_person_is_called() {
    each_fault(Provider::Anthropic).await;
}

async fn each_fault(provider: Provider) {
    let it = answering(LONG).await;
    it.agent(|input| input.provider = provider).await;
    for (behaviour, times) in faults(provider) {
        it.provider.otherwise(behaviour.clone());
        let before = it.provider.requests().len();
        let (visitor, sent) = it.asks(QUESTION).await;
        it.reply(&sent).await;
        let id = sent.conversation_id;
        assert_eq!(it.seen(&visitor).await, [QUESTION, SORRY, "agent_unavailable"], "{behaviour:?}");
        let conversation = it.desk.get(id).await;
        assert_eq!((conversation.summary.owner, conversation.owner_epoch), (Owner::Nobody, 2), "{behaviour:?}");
        assert!(conversation.summary.waiting_since.is_some(), "{behaviour:?}");
        assert_eq!(it.provider.requests().len() - before, times, "{behaviour:?}");
        let answer = it.answers(id).await.pop().unwrap();
        let trace = it.trace(&answer).await;
        assert_eq!(trace.decision, Decision::HandOff);
        let why = trace.why.as_ref().expect("a reason").code;
        assert_eq!(why, code(&behaviour).unwrap_or(why), "{behaviour:?}");
        assert_eq!(trace.reason, trace.why.as_ref().map(ToString::to_string));
        assert!(!format!("{trace:?}").contains("sk-test"));
        // The job once more, as after a lost acknowledgement.
        it.reply(&sent).await;
        assert_eq!(it.seen(&visitor).await.len(), 3);
    }
}

#[tokio::test]
async fn the_visitor_reads_it_in_their_language_also_when_nobody_is_there() {
    let it = answering(LONG).await;
    let (_, _, answer) = {
        it.provider.otherwise(Behaviour::Status(500));
        it.answer_to(PYETJA).await
    };
    assert_eq!(answer.content, NA_VJEN_KEQ);
    it.agent(|input| input.base_url = "http://127.0.0.1:9/v1".into()).await;
    let (visitor, id, answer) = it.answer_to(PYETJA).await;
    assert_eq!(answer.content, NA_VJEN_KEQ);
    assert_eq!(lines(&it.desk.thread(id).await), ["agent_unavailable"]);
    assert_eq!(it.seen(&visitor).await.last().unwrap(), "agent_unavailable");
}

#[tokio::test]
async fn a_provider_that_recovers_answers_once_and_whole() {
    let troubles = [
        vec![Behaviour::Status(503), Behaviour::NoJson],
        vec![Behaviour::RateLimited { retry_after: 1 }],
        vec![Behaviour::Hang],
        vec![Behaviour::Truncated(LONG.into())],
        vec![Behaviour::Unfinished(LONG.into())],
    ];
    let it = answering("They can, within thirty days [1].").await;
    for trouble in troubles {
        for behaviour in &trouble {
            it.provider.then(behaviour.clone());
        }
        let (visitor, sent) = it.asks(QUESTION).await;
        let mut widget = it.watch(&visitor, sent.conversation_id);
        it.reply(&sent).await;
        assert_eq!(it.seen(&visitor).await, [QUESTION, "They can, within thirty days [1]."], "{trouble:?}");
        assert_eq!(it.desk.get(sent.conversation_id).await.summary.owner, Owner::Agent);
        // Whatever half was shown, the answer has taken its place.
        let (texts, ended) = drafts(&mut widget).await;
        assert!(!ended && texts.last().is_none_or(|text| !text.is_empty()), "{texts:?}");
    }
}

#[tokio::test]
async fn an_answer_of_which_nothing_may_be_shown_becomes_an_honest_line() {
    for text in ["[9]", "![](https://evil.example/x.png)", "...", "[7][8] https://evil.example/"] {
        let it = answering(text).await;
        let (_, id, answer) = it.answer_to(QUESTION).await;
        assert!(answer.content.contains("could not find an answer"), "{text}: {}", answer.content);
        assert_eq!(it.answers(id).await.len(), 1);
        assert_eq!(it.provider.requests().len(), 1, "{text}");
    }
}

#[tokio::test]
async fn words_of_a_provider_that_no_database_takes_do_no_harm() {
    let it = answering("They can\0, within\u{1b}[31m thirty days\u{0} [1].").await;
    let (_, _, answer) = it.answer_to(QUESTION).await;
    assert!(answer.content.contains("thirty days [1]") && !answer.content.contains('\0'), "{:?}", answer.content);
    it.provider.otherwise(Behaviour::Refuse { parameter: "messages\0\u{7}", text: LONG.into() });
    let (_, _, answer) = it.answer_to(QUESTION).await;
    assert_eq!(answer.content, LONG);
}

#[tokio::test]
async fn without_the_embedding_model_a_person_is_called() {
    let it = answering(LONG).await;
    for embedder in [Arc::new(Down) as Arc<dyn llm::Embedder>, Arc::new(Hanging)] {
        let services = Services { embedder, ..it.desk.services.clone() };
        let (visitor, sent) = it.asks(QUESTION).await;
        jobs::run(&services, it.job(&sent).await).await.unwrap();
        assert_eq!(it.seen(&visitor).await, [QUESTION, SORRY, "agent_unavailable"]);
        let answer = it.answers(sent.conversation_id).await.pop().unwrap();
        let why = it.trace(&answer).await.why.unwrap();
        assert!(why.code == DecisionCode::Unavailable && why.to_string().contains("embedding model"), "{why}");
        assert_eq!(it.desk.get(sent.conversation_id).await.summary.owner, Owner::Nobody);
    }
}

#[tokio::test]
async fn a_worker_that_dies_while_it_answers_leaves_the_answer_to_the_next() {
    let it = Answering::new(slow(LONG)).await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let mut widget = it.watch(&visitor, sent.conversation_id);
    let work = super::begin(&it.desk.services, it.job(&sent).await);
    super::signal(&mut widget).await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    assert!(it.answers(sent.conversation_id).await.is_empty());
    it.reply(&sent).await;
    assert_eq!(it.seen(&visitor).await, [QUESTION, LONG]);
    assert_eq!(it.traces(sent.conversation_id).await, 1);
}
