//! Finding passages.

use domain::{Actor, Error, knowledge};
use types::{agent::Passage, id::SourceId, knowledge::CreateTextSource};

use crate::support::{World, two_organizations};

async fn add(world: &World, name: &str, content: String) -> SourceId {
    let mut cx = world.cx_a().await;
    let source = knowledge::create_text(&mut cx, CreateTextSource { name: name.into(), content }).await.unwrap();
    world.services.commit(cx).await.unwrap();
    knowledge::sync::run(&world.services, world.a.id, source.id, source.sync.unwrap().id).await.unwrap();
    source.id
}

async fn find(world: &World, query: &str, sources: &[SourceId]) -> Vec<Passage> {
    knowledge::search(&world.services, world.a.id, Actor::System, query, 5, sources).await.unwrap()
}

#[tokio::test]
async fn words_and_meaning_rank_passages() {
    let world = two_organizations().await;
    let text = "# Shipping\n\nOrders to Tirana are delivered by courier.\n\n# Errors\n\nThe code E-4711 means that the printer has no paper.\n\n# Payment\n\nWe take cards and cash; it's free.";
    let source = add(&world, "Help", text.into()).await;
    let other = add(
        &world,
        "Klienti",
        "# Kthimi\n\nMalli mund të kthehet brenda tridhjetë ditëve, dhe kjo është falas.".into(),
    )
    .await;

    let found = find(&world, "what does E-4711 mean?", &[]).await;
    assert!(found[0].content.contains("E-4711"), "{found:?}");
    assert!(found[0].text_score > 0.0 && found[0].score >= found[0].vector_score);
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!((found[0].source_id, found[0].heading_path.as_slice()), (source, &["Errors".to_owned()][..]));
    // English words are found by their stems, Albanian ones as they are.
    assert!(find(&world, "deliver an order", &[]).await[0].text_score > 0.0);
    assert!(find(&world, "brenda sa ditëve mund të kthehet malli", &[]).await[0].content.contains("tridhjetë"));
    assert!(find(&world, "courier", &[other]).await.iter().all(|passage| passage.source_id == other));
    // Marks that mean something to the query languages underneath mean nothing here.
    for strange in
        ["'", "\\", "a' | 'b", "!!! & | <-> ()", "%_", "🦀", "\0", "it's", ":*", "'; drop table documents; --"]
    {
        find(&world, strange, &[]).await;
    }
    assert!(find(&world, "  ", &[]).await.is_empty());
    assert!(find(&world, &"long ".repeat(100_000), &[]).await.len() <= 5);
}

#[tokio::test]
async fn a_rare_code_leads_to_its_passage() {
    let world = two_organizations().await;
    let filler: String =
        (0..60).map(|n| format!("# Topic {n}\n\nWhat the error message of the printer means, part {n}.\n\n")).collect();
    add(&world, "Help", format!("{filler}# Other\n\nWith HX-9917 the lid is open.")).await;
    let found = find(&world, "what does the error message HX-9917 of the printer mean", &[]).await;
    assert_eq!(found[0].content, "With HX-9917 the lid is open.", "{found:?}");
    assert!(found[0].score <= 1.0);
}

#[tokio::test]
async fn a_word_that_most_passages_have_still_counts_when_alone() {
    let world = two_organizations().await;
    let filler: String = (0..20).map(|n| format!("# Topic {n}\n\nThe printer, part {n}.\n\n")).collect();
    add(&world, "Help", filler).await;
    let found = find(&world, "printer", &[]).await;
    assert!(found.iter().all(|passage| passage.text_score > 0.0), "{found:?}");
}

#[tokio::test]
async fn visitors_may_not_search() {
    let world = two_organizations().await;
    let visitor = Actor::Visitor { id: uuid::Uuid::new_v4().into(), channel_id: uuid::Uuid::new_v4().into() };
    let refused = knowledge::search(&world.services, world.a.id, visitor, "x", 5, &[]).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let agent = Actor::Agent { id: uuid::Uuid::new_v4().into(), name: "Ada".into() };
    assert!(knowledge::search(&world.services, world.a.id, agent, "x", 5, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn each_of_a_thousand_passages_is_found() {
    let world = two_organizations().await;
    let subjects = ["invoice", "refund", "parcel", "login", "printer", "warranty", "holiday", "discount"];
    let case = |n: usize| {
        let subject = subjects[n % subjects.len()];
        let filler =
            "The customer reads here what the company offers and how each of the many steps is done. ".repeat(8);
        format!("## Case {n} of {subject}\n\nAnswer number {n} about the {subject}. {filler}\n\n")
    };
    // Texts that are small enough to be read in this process.
    for part in (0..1_000).collect::<Vec<_>>().chunks(200) {
        add(&world, "Cases", part.iter().map(|&n| case(n)).collect()).await;
    }
    for n in (0..40).map(|n| n * 23) {
        let query = format!("how do I get case {n} of the {} done by the company", subjects[n % subjects.len()]);
        let found = find(&world, &query, &[]).await;
        assert!(found[0].content.contains(&format!("Answer number {n}")), "{query}: {found:?}");
    }
}

/// Above 1,000 passages codes lead to the vectors.
#[tokio::test]
async fn the_nearest_are_found_in_a_large_organization() {
    let world = two_organizations().await;
    let subjects = ["invoice", "refund", "parcel", "login", "printer", "warranty", "holiday", "discount"];
    let text = |company: &str| -> String {
        let sections = subjects.map(|subject| format!("## {subject}\n\nWhat {company} says about your {subject}.\n\n"));
        format!("# Help\n\n{}", sections.concat())
    };
    let (first, second) = (add(&world, "First", text("Alba")).await, add(&world, "Second", text("Beta")).await);
    let mut cx = world.cx_a().await;
    // Passages that say nothing and point anywhere.
    sqlx::query(
        "insert into document_chunks (organization_id, id, document_id, source_id, ordinal, content, char_start, char_end,
                                      lexemes, lexeme_count, embedding, embedding_model)
         select d.organization_id, gen_random_uuid(), d.id, d.source_id, 100 + n, 'Nothing.', 0, 8, '', 0,
                (select l2_normalize(array_agg(random() - 0.5)::real[]::vector) from generate_series(1, 384) where n > 0),
                'fake'
         from documents d, generate_series(1, 1000) n",
    )
    .execute(cx.conn())
    .await
    .unwrap();
    world.services.commit(cx).await.unwrap();

    for subject in subjects {
        let question = format!("what does anybody say about a {subject}");
        let found = find(&world, &question, &[]).await;
        let told: Vec<SourceId> =
            found.iter().filter(|one| one.content.contains(subject)).map(|one| one.source_id).collect();
        assert!(told.len() == 2 && told.contains(&first) && told.contains(&second), "{found:?}");
        assert!(found[..2].iter().all(|one| one.content.contains(subject)), "{found:?}");
        let found = find(&world, &question, &[second]).await;
        assert!(found.iter().all(|one| one.source_id == second) && found[0].content.contains("Beta"), "{found:?}");
    }

    let mut cx = world.cx_a().await;
    let hidden = sqlx::query("update documents set is_live = false where source_id = $1").bind(first.0);
    hidden.execute(cx.conn()).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let found = find(&world, "what does anybody say about a parcel", &[]).await;
    assert!(found.iter().all(|one| one.source_id == second) && found[0].content.contains("Beta"), "{found:?}");
    let system = Actor::System;
    let others = knowledge::search(&world.services, world.b.id, system, "your parcel", 5, &[]).await.unwrap();
    assert!(others.is_empty(), "{others:?}");
}

/// Runs in a thread of its own, as the cases come one after the other without an end of the test's own.
#[test]
fn questions_take_hostile_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(async {
        let world = two_organizations().await;
        add(&world, "Help", "# Errors\n\nThe code E-4711 means that it's out of paper. C:\\tmp, 50% & more.".into())
            .await;
        world
    });
    let examples =
        ["what does E-4711 mean?", "it's in C:\\tmp or 'quoted'", "paper:* & !code | <-> (more)", "50%_ ë İ ﬁ 🦀"];
    let words =
        ["'", "\\", "''", "\\'", ":*", ":ABCD", "&", "|", "!", "<->", "(", ")", "\0", "\u{301}", "%", "$1", "E-4711 "];
    fuzz::few_text(60, &examples, &words, |question| {
        let found = runtime.block_on(find(&world, question, &[]));
        assert!(found.len() <= 5 && found.windows(2).all(|pair| pair[0].score >= pair[1].score));
        assert!(found.iter().all(|passage| passage.score.is_finite()), "{found:?}");
        // The lists of the inbox and of contacts look for the same words.
        runtime.block_on(async {
            let mut cx = world.cx_a().await;
            let q = Some(question.to_owned());
            let contacts = types::contact::ContactFilter { q: q.clone(), ..Default::default() };
            domain::contacts::list(&mut cx, &contacts).await.unwrap();
            let inbox = types::conversation::InboxFilter { q, ..Default::default() };
            domain::conversations::list(&mut cx, &inbox).await.unwrap();
        });
    });
}
