//! Measures the thresholds of `relevance`, `extract` and `answers::find` with the real embedding model, on the help
//! site of the browser tests and a page in Albanian. Prints every answer with
//! `cargo test -p domain --lib answers_what -- --ignored --nocapture`; passes over when the model is not installed.

use std::path::Path;

use llm::{Embedder, LocalEmbedder, LocalFiles};
use types::{
    agent::Passage,
    id::{ChunkId, DocumentId, SourceId},
};
use uuid::Uuid;

use super::{extract::extract, relevance::relevant, words};

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

/// Questions with a part of the right answer.
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

#[tokio::test]
#[ignore = "measures with the installed model; one test per process"]
async fn answers_what_the_site_says_and_nothing_else() {
    let Some(embedder) = model() else { return };
    let corpus = corpus(&embedder).await;
    let mut wrong = Vec::new();
    for (question, expected) in ANSWERABLE {
        let said = answer(&embedder, &corpus, &[question]).await;
        let right = said.as_ref().is_some_and(|said| said.contains(expected));
        println!("{} {question}\n     {said:?}", if right { "ok  " } else { "MISS" });
        if !right {
            wrong.push(*question);
        }
    }
    for (before, question, expected) in FOLLOWING {
        let said = answer(&embedder, &corpus, &[&format!("{before} {question}"), question]).await;
        let right = said.as_ref().is_some_and(|said| said.contains(expected));
        println!("{} {before} {question}\n     {said:?}", if right { "ok  " } else { "MISS" });
        if !right {
            wrong.push(*question);
        }
    }
    let mut invented = Vec::new();
    for question in UNANSWERABLE {
        let said = answer(&embedder, &corpus, &[question]).await;
        println!("{} {question}\n     {said:?}", if said.is_none() { "ok  " } else { "SAID" });
        if said.is_some() {
            invented.push(*question);
        }
    }
    let answerable = ANSWERABLE.len() + FOLLOWING.len();
    println!("missed {}/{answerable}, invented {}/{}", wrong.len(), invented.len(), UNANSWERABLE.len());
    assert!(wrong.len() * 6 <= answerable, "{wrong:?}");
    assert!(invented.len() * 10 <= UNANSWERABLE.len(), "{invented:?}");
}

#[tokio::test]
#[ignore = "measures with the installed model; one test per process"]
async fn the_same_question_is_told_from_a_similar_one() {
    let Some(embedder) = model() else { return };
    for (one, other, same) in PAIRS {
        let vectors = embedder.embed(&[(*one).to_owned(), (*other).to_owned()]).await.expect("vectors");
        println!("{:.3} {same} {one} | {other}", dot(&vectors[0], &vectors[1]));
    }
}

fn model() -> Option<LocalEmbedder> {
    let files = LocalFiles::find(&db::embedded::cache_dir().expect("a folder"));
    match files.check() {
        Ok(()) => Some(LocalEmbedder::new(files)),
        Err(missing) => {
            eprintln!("{missing}");
            None
        }
    }
}

/// The answer as `compose` would give it, to a question and what was added to it.
async fn answer(embedder: &LocalEmbedder, corpus: &[(Passage, Vec<f32>)], asked: &[&str]) -> Option<String> {
    let question = asked[0];
    let vector = embedder.embed(&[question.to_owned()]).await.expect("a vector").remove(0);
    let subject = words::subject_words(question);
    let mut passages: Vec<Passage> = corpus
        .iter()
        .map(|(passage, other)| {
            let vector_score = dot(&vector, other);
            let share = words::shared(&subject, &super::relevance::in_context(passage));
            Passage { vector_score, score: vector_score + 0.2 * share, ..passage.clone() }
        })
        .collect();
    passages.sort_by(|a, b| b.score.total_cmp(&a.score));
    passages.truncate(super::PASSAGES);
    let relevant = relevant(question, &passages);
    let best = &passages[0];
    println!(
        "     best {:.2} share {:.2} {:?} {:?}",
        best.vector_score,
        words::shared(&subject, &super::relevance::in_context(best)),
        subject,
        best.heading_path
    );
    if relevant.is_empty() {
        return None;
    }
    extract(embedder, asked, &relevant).await.map(|extracted| extracted.content)
}

async fn corpus(embedder: &LocalEmbedder) -> Vec<(Passage, Vec<f32>)> {
    let site = Path::new("../../end2end/site");
    let mut documents = vec![(ALBANIAN.as_bytes().to_vec(), "text/markdown", "sq.md".to_owned())];
    for entry in std::fs::read_dir(site).expect("the help site").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let name = entry.file_name().to_string_lossy().into_owned();
            documents.push((std::fs::read(path).expect("a page"), "text/html", name));
        }
    }
    let mut corpus = Vec::new();
    for (bytes, media_type, name) in documents {
        let extracted = text::extract(&bytes, media_type, &name).expect("readable");
        let pieces = text::chunk(&extracted).1;
        let texts: Vec<String> = pieces.iter().map(|piece| piece.in_context(&extracted.title)).collect();
        let vectors = embedder.embed(&texts).await.expect("vectors");
        for (piece, vector) in pieces.into_iter().zip(vectors) {
            let passage = Passage {
                chunk_id: ChunkId(Uuid::nil()),
                document_id: DocumentId(Uuid::nil()),
                source_id: SourceId(Uuid::nil()),
                title: extracted.title.clone(),
                url: None,
                heading_path: piece.heading_path,
                content: piece.content,
                char_start: 0,
                char_end: 0,
                page: None,
                score: 0.0,
                vector_score: 0.0,
                text_score: 0.0,
            };
            corpus.push((passage, vector));
        }
    }
    corpus
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
