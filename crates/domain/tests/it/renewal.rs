//! After the embedding model changed: what another one made is made anew.

use std::sync::Arc;

use chrono::TimeDelta;
use db::{Actor, sqlx};
use domain::{
    Services, answers,
    jobs::{self, Job},
    knowledge, upkeep,
};
use futures::future::BoxFuture;
use llm::{Embedder, testing::FakeEmbedder};
use types::{
    answer::{Answer, AnswerInput},
    id::{AnswerId, OrganizationId},
    knowledge::{CreateTextSource, Source},
};

use crate::{
    embedders::Other,
    support::{World, own_world},
};

fn with(world: &World, embedder: impl Embedder + 'static) -> Services {
    Services { embedder: Arc::new(embedder), ..world.services.clone() }
}

fn input(question: &str) -> AnswerInput {
    AnswerInput { category: String::new(), question: question.into(), answer: "No.".into(), is_active: true }
}

async fn answer(world: &World) -> Answer {
    answers::create(&world.services, world.a.id, world.a.owner.clone(), input("Do you deliver?")).await.unwrap()
}

/// The model that embedded the answer, and its question.
async fn embedded_by(world: &World, id: AnswerId) -> (String, String) {
    let mut cx = world.cx_a().await;
    sqlx::query_as("select embedding_model, question from answers where organization_id = $1 and id = $2")
        .bind(world.a.id.0)
        .bind(id.0)
        .fetch_one(cx.conn())
        .await
        .unwrap()
}

async fn read(services: &Services, world: &World, source: &Source) {
    let sync = source.sync.as_ref().unwrap().id;
    knowledge::sync::run(services, world.a.id, source.id, sync).await.unwrap();
}

#[tokio::test]
async fn what_another_model_made_is_found_again_after_the_upkeep() {
    let world = own_world().await;
    let mut cx = world.cx_a().await;
    let text = CreateTextSource { name: "Hours".into(), content: "We open at nine.".into() };
    let source = knowledge::create_text(&mut cx, text).await.unwrap();
    world.services.commit(cx).await.unwrap();
    read(&world.services, &world, &source).await;
    let curated = answer(&world).await;

    let services = with(&world, Other);
    let found = async || {
        let found = knowledge::search(&services, world.a.id, Actor::System, "when do you open", 5, &[]).await;
        found.unwrap().len()
    };
    assert_eq!(knowledge::schedule::run_due(&services).await.unwrap(), 0);
    upkeep::run(&services).await.unwrap();
    assert_eq!(embedded_by(&world, curated.id).await, ("other".into(), curated.question));
    assert_eq!(found().await, 0, "vectors of two models are not compared");
    // A text is never read again by the clock alone.
    assert_eq!(knowledge::schedule::run_due(&services).await.unwrap(), 1);
    let source = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    read(&services, &world, &source).await;
    assert_eq!(found().await, 1);

    upkeep::run(&services).await.unwrap();
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(knowledge::schedule::run_due(&services).await.unwrap(), 0, "nothing is outdated any more");
}

/// Another model, in whose time somebody on a node with the usual one changes the answer.
struct Meddling {
    services: Services,
    organization: OrganizationId,
    owner: Actor,
    answer: AnswerId,
}

impl Embedder for Meddling {
    fn model(&self) -> &str {
        "other"
    }

    fn dimension(&self) -> usize {
        384
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, llm::Result<Vec<Vec<f32>>>> {
        Box::pin(async {
            let changed = input("Do you deliver on Sundays?");
            answers::update(&self.services, self.organization, self.owner.clone(), self.answer, changed, None)
                .await
                .unwrap();
            FakeEmbedder.embed(texts).await
        })
    }
}

#[tokio::test]
async fn an_answer_that_is_changed_meanwhile_stays_as_it_is_written() {
    let world = own_world().await;
    let id = answer(&world).await.id;
    let (services, owner) = (world.services.clone(), world.a.owner.clone());
    let meddling = Meddling { services, organization: world.a.id, owner, answer: id };
    upkeep::run(&with(&world, meddling)).await.unwrap();
    assert_eq!(embedded_by(&world, id).await, ("fake".into(), "Do you deliver on Sundays?".into()));
}

#[tokio::test]
async fn the_upkeep_begins_once_a_day_and_soon_after_the_model_changed() {
    let world = own_world().await;
    let (usual, other) = (world.services.clone(), with(&world, Other));
    for (services, minutes, begun) in
        [(&usual, 0, 1), (&usual, 60, 1), (&usual, 24 * 60, 2), (&other, 0, 2), (&other, 10, 3), (&other, 10, 3)]
    {
        world.clock.advance(TimeDelta::minutes(minutes));
        jobs::run(services, Job::Tick).await.unwrap();
        let count: i64 = sqlx::query_scalar("select count(*) from awa.jobs where args->>'job' = 'upkeep'")
            .fetch_one(world.services.db.system().pool())
            .await
            .unwrap();
        assert_eq!(count, begun, "after {minutes} minutes");
    }
}
