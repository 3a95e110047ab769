//! What the built-in answerer says, with the real embedding model: of the help site of the browser tests (bicycles), of a page
//! in Albanian, and of the demonstration. Passes over when the model is not installed (`make setup` installs it), unless
//! `REQUIRE_MODEL` is set, as by `make test`.
//!
//! The thresholds of `agents::answer` and `answers::find` are measured by
//! `cargo nextest run -p domain --run-ignored only -E 'test(measure::)' --no-capture`, which prints every answer.

use std::{convert::Infallible, path::Path, sync::Arc};

use axum::body::Bytes;
use db::testing::Organization;
use domain::{Services, agents, answers, knowledge};
use llm::{LocalEmbedder, LocalFiles};
use types::{
    agent::{Decision, PlaygroundAnswer, PlaygroundTurn},
    answer::AnswerInput,
    id::AgentId,
};

use crate::{desk::agent_input, support::two_organizations};

const ALBANIAN: &str = "# Dërgesa dhe kthimi

## Dërgesa

Dërgesa brenda Shqipërisë zgjat dy deri në tre ditë pune. Për Kosovën dërgesa zgjat katër deri në gjashtë ditë pune.

## Sa kushton dërgesa

Dërgesa kushton 300 lekë. Për porositë mbi 5000 lekë dërgesa është falas.

## Kthimi i produkteve

Mund ta ktheni një produkt brenda 14 ditëve nga marrja, nëse nuk është përdorur. Paratë kthehen brenda 7 ditëve pune.

## Orari

Dyqani në Tiranë është i hapur nga e hëna në të shtunë, nga ora 9 deri në 20.
";

/// Questions about the bicycles, with a part of the right answer.
const ANSWERABLE: &[(&str, &str)] = &[
    ("How long does delivery take?", "three to five working days"),
    ("how much is shipping", "39 euros"),
    ("What does it cost to send a bike?", "39 euros"),
    ("do i have to put the bike together myself?", "assembled"),
    ("Can I return a bike I have already ridden?", "20 kilometres"),
    ("how many days do i have to send it back", "30 days"),
    ("when do I get my money back?", "14 days"),
    ("who pays for return shipping from France?", "49 euros"),
    ("Is there a guarantee on the frame?", "ten years"),
    ("warranty motor", "three years"),
    ("how far can I ride on one charge", "110 kilometres"),
    ("how long does charging the battery take?", "four and a half hours"),
    ("where should I keep the battery in winter?", "indoors"),
    ("Do you accept PayPal?", "PayPal"),
    ("can I pay in installments?", "monthly instalments"),
    ("Are you open on Sunday in Berlin?", "Monday to Saturday"),
    ("opening hours vienna", "11 to 18"),
    ("I am 170 cm tall, which frame size do I need?", "165 to 178"),
    ("which leasing companies do you work with?", "JobRad"),
    ("Is the first inspection free?", "free in each of our stores"),
    ("Sa kushton dërgesa?", "300 lekë"),
    ("sa zgjat dergesa ne kosove", "gjashtë ditë"),
    ("A mund ta kthej produktin?", "14 ditëve"),
    ("kur është i hapur dyqani?", "9 deri në 20"),
];

/// A question, what is added to it, and a part of the right answer to that.
const FOLLOWING: &[(&str, &str, &str)] = &[
    ("What does it cost to send a bike?", "And how long does it take?", "three to five working days"),
    ("How long does delivery take?", "and what does it cost?", "39 euros"),
    ("Is there a guarantee on the frame?", "and on the motor?", "three years"),
    ("Can I return a bike I have already ridden?", "And when do I get my money back?", "14 days"),
    ("how far can I ride on one charge", "how long does charging it take?", "four and a half hours"),
    ("Sa kushton dërgesa?", "Po sa zgjat?", "tre ditë pune"),
    ("Sa zgjat dërgesa?", "Dhe sa kushton?", "300 lekë"),
];

/// Questions that neither the site nor the page answers.
const UNANSWERABLE: &[&str] = &[
    "What is the capital of France?",
    "Can you write a poem about spring?",
    "Do you sell car tyres?",
    "How do I reset my password?",
    "who won the world cup in 2018",
    "what is the meaning of life",
    "Can I bring my dog to the office?",
    "Which stocks should I buy?",
    "Do you offer a student discount?",
    "Tell me a joke",
    "my printer does not connect to wifi",
    "what's your CEO's salary?",
    "Kush e fitoi kampionatin botëror?",
    "A keni punë të lira?",
];

/// Pairs of questions: whether they are the same.
const PAIRS: &[(&str, &str, bool)] = &[
    ("How long does delivery take?", "how long does the delivery take", true),
    ("How long does delivery take?", "How long will delivery take?", true),
    ("What are your opening hours?", "what are the opening hours?", true),
    ("Can I pay by invoice?", "Is it possible to pay by invoice?", true),
    ("Do you ship to Switzerland?", "do you deliver to switzerland?", true),
    ("How long does delivery take?", "How much does delivery cost?", false),
    ("Can I pay by invoice?", "Can I pay by credit card?", false),
    ("Do you ship to Switzerland?", "Do you ship to Norway?", false),
    ("What are your opening hours in Berlin?", "What are your opening hours in Vienna?", false),
    ("How do I return a bicycle?", "How do I buy a bicycle?", false),
    ("Is the battery covered by the warranty?", "Is the frame covered by the warranty?", false),
];

/// Conversations of the demonstration, with a part of the right answer to what is asked last.
const DEMONSTRATION: &[(&[&str], &str)] = &[
    (&["How much does delivery cost?"], "300 lekë"),
    (&["How do I send something back?"], "30 days"),
    (&["Which tents can I rent?"], "two, four and six people"),
    (&["How long does delivery take?"], "Other towns in Albania: 2 working days"),
    (&["How much does delivery cost?", "And how long does it take?"], "Other towns in Albania: 2 working days"),
    (
        &["How much does delivery to Shkodër cost?", "And how long does it take?"],
        "Other towns in Albania: 2 working days",
    ),
    (&["How much does delivery cost?", "And how long does it take?", "And to Kosovo?"], "3 to 5 working days"),
    (&["How long does delivery take?", "And how much does it cost?"], "300 lekë"),
];

/// An organization whose agent knows passages by the real model.
struct Answerer {
    services: Services,
    organization: Organization,
    agent: AgentId,
}

impl Answerer {
    /// `None` when the model is not installed.
    async fn new() -> Option<Self> {
        let files = LocalFiles::find(db::embedded::cache_dir).unwrap();
        if let Err(missing) = files.check() {
            assert!(std::env::var_os("REQUIRE_MODEL").is_none(), "{missing}");
            eprintln!("{missing}");
            return None;
        }
        let world = two_organizations().await;
        let services = Services { embedder: Arc::new(LocalEmbedder::new(files)), ..world.services.clone() };
        let mut cx = world.cx_a().await;
        let agent = agents::create(&services, &mut cx, agent_input()).await.unwrap().id;
        services.commit(cx).await.unwrap();
        Some(Self { services, organization: world.a, agent })
    }

    /// Reads the pages of a folder of the repository.
    async fn reads_folder(&self, folder: &str) {
        for entry in std::fs::read_dir(Path::new("../..").join(folder)).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".html") || name.ends_with(".md") {
                self.reads(&name, std::fs::read(entry.path()).unwrap()).await;
            }
        }
    }

    async fn reads(&self, name: &str, content: Vec<u8>) {
        let media_type = if name.ends_with(".html") { "text/html" } else { "text/markdown" };
        let (id, owner) = (self.organization.id, self.organization.owner.clone());
        let stream = futures::stream::iter([Ok::<_, Infallible>(Bytes::from(content))]);
        let source = knowledge::create_file(&self.services, id, owner, "", name, media_type, stream).await.unwrap();
        knowledge::sync::run(&self.services, id, source.id, source.sync.unwrap().id).await.unwrap();
    }

    /// What it answers to the last of these questions, which are asked one after the other.
    async fn answer(&self, questions: &[&str]) -> PlaygroundAnswer {
        let mut turns = Vec::new();
        let mut answer = None;
        for question in questions {
            turns.push(PlaygroundTurn { is_user: true, content: (*question).to_owned() });
            let (id, owner) = (self.organization.id, self.organization.owner.clone());
            let given = agents::playground(&self.services, id, owner, self.agent, turns.clone()).await.unwrap();
            turns.push(PlaygroundTurn { is_user: false, content: given.content.clone() });
            answer = Some(given);
        }
        answer.expect("a question")
    }

    /// Whether it quotes what is expected, or, where nothing is expected, nothing.
    async fn is_right(&self, questions: &[&str], expected: Option<&str>) -> bool {
        let answer = self.answer(questions).await;
        let quoted = Some(&answer.content).filter(|_| answer.trace.decision == Decision::Extracted);
        let is_right = match expected {
            Some(expected) => quoted.is_some_and(|content| content.contains(expected)),
            None => quoted.is_none(),
        };
        println!("{} {}\n     {}", if is_right { "ok   " } else { "WRONG" }, questions.join(" "), answer.content);
        is_right
    }
}

#[tokio::test]
async fn the_demonstration_answers_what_is_added_to_a_question() {
    let Some(it) = Answerer::new().await else { return };
    it.reads_folder("src/commands/seed/help").await;
    for (questions, expected) in DEMONSTRATION {
        assert!(it.is_right(questions, Some(expected)).await, "{questions:?}");
    }
    let answer = it.answer(&["How much does delivery cost?", "And how long does it take?"]).await;
    assert!(!answer.content.contains("lekë"), "the price was told before: {}", answer.content);
}

#[tokio::test]
#[ignore = "measures: for whoever changes how the agent answers"]
async fn answers_what_the_site_says_and_nothing_else() {
    let Some(it) = Answerer::new().await else { return };
    it.reads_folder("end2end/site").await;
    it.reads("sq.md", ALBANIAN.into()).await;
    let (mut wrong, mut invented) = (Vec::new(), Vec::new());
    for (question, expected) in ANSWERABLE {
        if !it.is_right(&[question], Some(expected)).await {
            wrong.push(*question);
        }
    }
    for (before, question, expected) in FOLLOWING {
        if !it.is_right(&[before, question], Some(expected)).await {
            wrong.push(*question);
        }
    }
    for question in UNANSWERABLE {
        if !it.is_right(&[question], None).await {
            invented.push(*question);
        }
    }
    let answerable = ANSWERABLE.len() + FOLLOWING.len();
    println!("wrong {}/{answerable}, invented {}/{}", wrong.len(), invented.len(), UNANSWERABLE.len());
    assert!(wrong.len() * 7 <= answerable, "{wrong:?}");
    assert!(invented.len() * 10 <= UNANSWERABLE.len(), "{invented:?}");
}

#[tokio::test]
#[ignore = "measures: for whoever changes how questions are compared"]
async fn the_same_question_is_told_from_a_similar_one() {
    let Some(it) = Answerer::new().await else { return };
    let mut mistaken = Vec::new();
    for (one, other, same) in PAIRS {
        let (id, owner) = (it.organization.id, it.organization.owner.clone());
        let input = AnswerInput {
            category: String::new(),
            question: (*one).into(),
            answer: "It is so.".into(),
            is_active: true,
        };
        let curated = answers::create(&it.services, id, owner.clone(), input).await.unwrap();
        let trace = it.answer(&[other]).await.trace;
        println!("{same} {one} | {other}: {:?}", trace.reason);
        if (trace.decision == Decision::Curated) != *same {
            mistaken.push((one, other));
        }
        let mut cx = it.services.db.begin(id, owner).await.unwrap();
        answers::delete(&mut cx, curated.id).await.unwrap();
        it.services.commit(cx).await.unwrap();
    }
    assert!(mistaken.is_empty(), "{mistaken:?}");
}
