//! What an agent says when all goes well, and when it knows nothing.

use domain::{Cx, agents, conversations, jobs, knowledge};
use types::{
    agent::{Decision, DecisionCode, HandoffRules},
    conversation::Owner,
    reason::ReasonCode,
    widget::StartSession,
};

use super::{Answering, LONG, QUESTION, answering, drafts, slow};
use crate::{desk::lines, support::delete_source};

#[tokio::test]
async fn an_answer_streams_and_is_written_with_its_citation_and_its_trace() {
    let it = Answering::new(slow(LONG)).await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let (mut widget, mut inbox) = (it.watch(&visitor, sent.conversation_id), it.watch_inbox());
    it.reply(&sent).await;
    for subscription in [&mut widget, &mut inbox] {
        let (texts, ended) = drafts(subscription).await;
        assert!(texts.len() > 3 && !ended, "{texts:?}");
        assert!(texts.windows(2).all(|pair| pair[1].starts_with(pair[0].trim_end())), "{texts:?}");
        assert!(texts.iter().all(|text| LONG.starts_with(text.trim_end())), "{texts:?}");
    }
    let [answer] = &it.answers(sent.conversation_id).await[..] else { panic!("one answer") };
    assert_eq!((answer.content.as_str(), answer.author_name.as_str()), (LONG, "Aria"));
    assert_eq!((answer.citations.len(), answer.citations[0].index), (1, 1));
    assert_eq!(answer.citations[0].heading, "Returns");
    assert!(answer.citations[0].excerpt.contains("thirty days"));
    let trace = it.trace(answer).await;
    assert_eq!(
        (trace.decision, trace.question.as_str(), trace.model.as_str()),
        (Decision::Generated, QUESTION, "fake-1")
    );
    assert_eq!((trace.input_tokens, trace.output_tokens), (11, 7));
    assert!(trace.first_token_ms.is_some() && !trace.passages.is_empty() && trace.prompt[0].role == "system");
    let conversation = it.desk.get(sent.conversation_id).await;
    assert_eq!((conversation.summary.owner, conversation.owner_epoch), (Owner::Agent, 1));
    assert_eq!(it.seen(&visitor).await, [QUESTION, LONG]);
}

#[tokio::test]
async fn an_unknown_question_is_answered_with_an_offer_and_nothing_is_invented() {
    let it = answering("The meaning is forty-two [1].").await;
    let (visitor, id, answer) = it.answer_to("Who painted the ceiling of that chapel?").await;
    assert_eq!(answer.content, "I'm sorry, I could not find an answer to that. Would you like to talk to a person?");
    assert!(answer.citations.is_empty() && it.provider.requests().is_empty(), "the model was not even asked");
    assert_eq!(it.trace(&answer).await.decision, Decision::AskBack);
    assert_eq!(it.desk.get(id).await.summary.owner, Owner::Agent);

    // The offer is accepted.
    let yes = it.desk.says(&visitor, "yes please").await;
    it.reply(&yes).await;
    assert!(it.answers(id).await[1].content.contains("passing you on to a person"));
    let conversation = it.desk.get(id).await;
    assert_eq!(conversation.summary.owner, Owner::Nobody);
    assert!(conversation.summary.waiting_since.is_some());
    assert_eq!(lines(&it.desk.thread(id).await), ["hand_off_requested"]);
}

#[tokio::test]
async fn what_the_passages_do_not_answer_the_model_says_by_its_mark() {
    let it = answering("[[NO_ANSWER]]").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let mut widget = it.watch(&visitor, sent.conversation_id);
    it.reply(&sent).await;
    assert!(drafts(&mut widget).await.0.is_empty(), "marks are not shown");
    let answer = it.answers(sent.conversation_id).await.pop().unwrap();
    assert!(answer.content.contains("Would you like to talk to a person?"));
    it.provider.otherwise(llm::testing::Behaviour::Answer("\"[[HAND_OFF]]\"".into()));
    let again = it.desk.says(&visitor, "Can my goods be returned to you?").await;
    it.reply(&again).await;
    assert_eq!(it.desk.get(sent.conversation_id).await.summary.owner, Owner::Nobody);
    assert_eq!(it.seen(&visitor).await.len(), 5);
}

#[tokio::test]
async fn a_person_is_called_after_as_many_unanswered_questions_as_the_rule_says() {
    for most in [0, 2] {
        let it = answering("[[NO_ANSWER]]").await;
        it.agent(|input| input.handoff_rules.after_unanswered = most).await;
        let visitor = it.desk.visitor().await;
        for number in 0..=most {
            let sent = it.desk.says(&visitor, &format!("Who painted ceiling number {number}?")).await;
            it.reply(&sent).await;
            let conversation = it.desk.get(sent.conversation_id).await;
            let expected = if number == most { Owner::Nobody } else { Owner::Agent };
            assert_eq!(conversation.summary.owner, expected, "question {number} of {most}");
            let answer = it.answers(sent.conversation_id).await.pop().unwrap();
            assert_eq!(answer.content.contains("passing you on"), number == most, "{}", answer.content);
        }
    }
}

#[tokio::test]
async fn a_person_is_called_by_rule_and_on_request_in_the_organizations_words() {
    let it = answering("Within thirty days [1].").await;
    it.agent(|input| {
        input.handoff_rules = HandoffRules {
            keywords: vec!["lawyer".into()],
            message: "One of us will write <b>soon</b>.".into(),
            ..Default::default()
        };
    })
    .await;
    for (text, reason) in [
        ("My LAWYER says that goods can be returned.", DecisionCode::Keyword.of("lawyer")),
        ("Can I talk to a human?", DecisionCode::AskedForPerson.into()),
        ("Dua të flas me një njeri", DecisionCode::AskedForPerson.into()),
    ] {
        let (_, id, answer) = it.answer_to(text).await;
        assert_eq!(answer.content, "One of us will write <b>soon</b>.");
        assert!(!answer.html.contains("<b>"), "{}", answer.html);
        let trace = it.trace(&answer).await;
        assert_eq!((trace.reason, trace.why), (Some(reason.to_string()), Some(reason)));
        assert_eq!(it.desk.get(id).await.summary.owner, Owner::Nobody);
        assert_eq!(lines(&it.desk.thread(id).await), ["hand_off_requested"]);
    }
    assert!(it.provider.requests().is_empty());
}

#[tokio::test]
async fn the_visitors_language_is_that_of_their_words_else_of_their_browser() {
    let it = answering("").await;
    let (_, _, answer) = it.answer_to("Kush e pikturoi tavanin e kësaj kishe?").await;
    assert!(answer.content.starts_with("Më vjen keq"), "{}", answer.content);
    // Words that tell nothing, in an Albanian browser.
    it.agent(|input| input.languages = vec!["en".into(), "sq".into()]).await;
    let start =
        StartSession { channel_key: it.desk.key.clone(), language: Some("sq-AL".into()), ..StartSession::default() };
    let session = domain::visitors::start(&it.desk.services, start).await.unwrap();
    let visitor = domain::visitors::verify(&it.desk.services, &session.token).unwrap();
    let sent = it.desk.says(&visitor, "iPhone 15 Pro").await;
    it.reply(&sent).await;
    let answer = it.answers(sent.conversation_id).await.pop().unwrap();
    assert!(answer.content.starts_with("Më vjen keq"), "{}", answer.content);
}

#[tokio::test]
async fn handed_back_the_agent_answers_what_is_unanswered_and_nothing_else() {
    let it = answering("Within thirty days [1].").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let id = sent.conversation_id;
    // A member takes over and hands back without a word: the question is still open.
    let mut cx = it.desk.cx().await;
    conversations::take_over(&mut cx, id).await.unwrap();
    conversations::hand_back(&mut cx, id).await.unwrap();
    it.desk.services.commit(cx).await.unwrap();
    it.desk.run_jobs(id).await;
    assert_eq!(it.answers(id).await.len(), 1);

    // A member answers and hands back: nothing is open.
    let more = it.desk.says(&visitor, "Can shoes be returned?").await;
    let mut cx = it.desk.cx().await;
    domain::messages::send(&mut cx, id, crate::desk::reply("Shoes too.")).await.unwrap();
    let before = it.desk.jobs(id).await.len();
    conversations::hand_back(&mut cx, id).await.unwrap();
    it.desk.services.commit(cx).await.unwrap();
    assert_eq!(it.desk.jobs(id).await.len(), before);
    it.desk.run_jobs(id).await;
    assert_eq!(it.answers(id).await.len(), 1);
    assert!(it.job(&more).await != *it.desk.jobs(id).await.first().unwrap());

    // The next message is the agent's again, and only that.
    let next = it.desk.says(&visitor, "Can unused goods be returned?").await;
    it.desk.run_jobs(id).await;
    assert_eq!(it.answers(id).await.len(), 2);
    let asked = it.provider.requests().pop().unwrap().body["messages"].as_array().unwrap().last().unwrap()["content"]
        .to_string();
    assert!(asked.contains("Can unused goods") && !asked.contains("Can shoes"), "{asked}");
    assert_eq!(it.job(&next).await, it.desk.jobs(id).await.pop().unwrap());
}

#[tokio::test]
async fn an_agent_that_is_gone_or_off_hands_over_and_the_visitor_reads_it() {
    let it = answering("Within thirty days [1].").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let (other, waiting) = it.asks(QUESTION).await;
    let (third, answered) = it.asks(QUESTION).await;
    it.reply(&answered).await;
    let (_, closed) = it.asks(QUESTION).await;
    it.reply(&closed).await;
    let mut cx = it.desk.cx().await;
    conversations::close(&mut cx, closed.conversation_id).await.unwrap();
    it.desk.services.commit(cx).await.unwrap();
    it.agent(|input| input.is_active = false).await;
    it.reply(&sent).await;
    assert_eq!(it.seen(&visitor).await, [QUESTION, "agent_unavailable"]);
    let mut cx = it.desk.cx().await;
    let told = async |cx: &mut Cx| -> Vec<uuid::Uuid> {
        let freed = "select conversation_id from events
                     where name = 'conversation.owner_changed' and payload->>'owner' = 'nobody' and conversation_id = any($1)";
        let ids = [answered.conversation_id.0, closed.conversation_id.0];
        sqlx::query_scalar(freed).bind(ids).fetch_all(cx.conn()).await.unwrap()
    };
    let before = told(&mut cx).await;
    let (services, agent) = (&it.desk.services, it.desk.agent.unwrap());
    agents::delete(&mut cx, agent).await.unwrap();
    services.commit(cx).await.unwrap();
    // The job may be cut off and run again.
    for _ in 0..2 {
        agents::remove(services, it.desk.world.a.id, agent).await.unwrap();
    }
    let mut cx = it.desk.cx().await;
    // Those who have the conversation open are told; of closed ones, which may be very many, nobody.
    let mut after = told(&mut cx).await;
    after.retain(|id| !before.contains(id));
    assert_eq!(after, [answered.conversation_id.0]);
    drop(cx);
    // Who waits is told; who has an answer is not disturbed.
    assert_eq!(it.seen(&other).await, [QUESTION, "agent_unavailable"]);
    assert_eq!(it.seen(&third).await.len(), 2);
    jobs::run(&it.desk.services, it.job(&waiting).await).await.unwrap();
    for id in [&sent, &waiting, &answered, &closed].map(|sent| sent.conversation_id) {
        let summary = it.desk.get(id).await.summary;
        assert_eq!((summary.owner, summary.agent_id), (Owner::Nobody, None));
        assert_eq!(summary.waiting_since.is_some(), id == sent.conversation_id || id == waiting.conversation_id);
    }
}

#[tokio::test]
async fn a_source_that_is_deleted_while_the_agent_streams_opens_no_more() {
    let it = Answering::new(slow(LONG)).await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let mut widget = it.watch(&visitor, sent.conversation_id);
    let work = super::begin(&it.desk.services, it.job(&sent).await);
    super::signal(&mut widget).await;
    let source = knowledge::list(&mut it.desk.cx().await).await.unwrap()[0].id;
    delete_source(&it.desk.services, it.desk.cx().await, source).await.unwrap();
    work.await.unwrap().unwrap();
    let answer = it.answers(sent.conversation_id).await.pop().unwrap();
    assert_eq!((answer.content.as_str(), answer.citations.len()), (LONG, 1));
    crate::support::assert_not_found(
        domain::visitors::passage(&it.desk.services, &visitor, answer.citations[0].chunk_id).await,
    );
    // From the next question on it is not known any more.
    let next = it.desk.says(&visitor, "Can shoes be returned, too?").await;
    it.reply(&next).await;
    assert!(it.answers(sent.conversation_id).await[1].content.contains("could not find an answer"));
}
