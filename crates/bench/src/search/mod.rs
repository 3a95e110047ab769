//! The search: its time and what the index misses.

mod sizes;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::ensure;
use db::sqlx::{self, PgPool};
use domain::{Actor, Services, knowledge};
use llm::{BoxFuture, Embedder};
use types::{agent::Passage, id::OrganizationId};
use uuid::Uuid;

use crate::{
    corpus, fill,
    report::{Report, Times, milliseconds},
    world::World,
};

const QUESTIONS: usize = 300;
/// Searches before the measured ones: connections are made, the model is loaded.
const WARM_UP: usize = 20;
const NEAREST: usize = 10;
const GOAL: Duration = Duration::from_millis(30);
const RECALL: f64 = 0.98;

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let pages = corpus::read(&world.arguments.documentation, fill::REAL)?;
    let questions = corpus::questions(&pages, QUESTIONS + WARM_UP);
    ensure!(questions.len() == QUESTIONS + WARM_UP, "the documentation has too few sections");
    let organizations: Vec<(Uuid, i64)> =
        sqlx::query_as("select organization_id, count(*) from document_chunks group by 1 order by 2 desc, 1")
            .fetch_all(&world.owner)
            .await?;
    let (large, small) = organizations.split_at(1);
    let passages: i64 = small.iter().map(|(_, count)| count).sum();
    let name = format!("{passages} passages over {} organizations", small.len());
    let searches = Searches::new(&world.owner, &world.services);
    state(report, &name, &searches.run(&questions, small).await?);
    // A question's vector is kept for the next time that it is asked; here each is to be embedded.
    let questions: Vec<String> = questions.iter().map(|question| format!("{question} Please explain.")).collect();
    let name = format!("one organization of {} passages", large[0].1);
    state(report, &name, &searches.run(&questions, large).await?);
    Ok(())
}

fn state(report: &mut Report, name: &str, outcome: &Outcome) {
    let p95 = outcome.without.percentile(95);
    let measured = format!(
        "p50 {}, p95 {}; with the question's embedding p95 {} ({} searches)",
        milliseconds(outcome.without.percentile(50)),
        milliseconds(p95),
        milliseconds(outcome.with.percentile(95)),
        outcome.with.len()
    );
    report.goal(&format!("search, {name}"), "p95 ≤ 30 ms", measured, p95 <= GOAL);
    let recall = outcome.recall();
    report.goal(&format!("recall@{NEAREST}, {name}"), "≥ 0.98", format!("{recall:.4}"), recall >= RECALL);
}

pub use sizes::measure as measure_sizes;

/// Searches whose time and result are judged.
struct Searches<'a> {
    /// Sees all organizations.
    owner: &'a PgPool,
    services: Services,
    embedder: Arc<Watched>,
}

/// What searches gave.
#[derive(Default)]
struct Outcome {
    /// Without the question's embedding.
    without: Times,
    with: Times,
    found: usize,
    wanted: usize,
}

impl Outcome {
    /// The share of the nearest passages that was found.
    fn recall(&self) -> f64 {
        self.found as f64 / self.wanted as f64
    }
}

impl<'a> Searches<'a> {
    fn new(owner: &'a PgPool, services: &Services) -> Self {
        let embedder = Arc::new(Watched { model: services.embedder.clone(), last: Mutex::default() });
        Self { owner, services: Services { embedder: embedder.clone(), ..services.clone() }, embedder }
    }

    /// Asks the questions, each of the next organization; the first are not counted.
    async fn run(&self, questions: &[String], organizations: &[(Uuid, i64)]) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::default();
        for (number, (question, (organization, _))) in questions.iter().zip(organizations.iter().cycle()).enumerate() {
            let vectors = self.embedder.model.embed(std::slice::from_ref(question)).await?;
            let vector = vectors.into_iter().next().unwrap_or_default();
            let before = self.nearest(*organization, &vector).await?;
            let begun = Instant::now();
            let of = OrganizationId(*organization);
            let passages = knowledge::search(&self.services, of, Actor::System, question, usize::MAX, &[]).await?;
            let (time, embedding) = (begun.elapsed(), self.embedder.took());
            if number < WARM_UP {
                continue;
            }
            outcome.with.push(time);
            outcome.without.push(time.saturating_sub(embedding));
            // While others write: what was there all the time.
            let nearest = &before & &self.nearest(*organization, &vector).await?;
            outcome.wanted += nearest.len();
            outcome.found += nearest_of(passages).intersection(&nearest).count();
        }
        Ok(outcome)
    }

    /// The nearest by comparing every vector of the organization.
    async fn nearest(&self, organization: Uuid, vector: &[f32]) -> anyhow::Result<HashSet<Uuid>> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from document_chunks where organization_id = $1 order by embedding <#> $2::real[]::vector limit $3",
        )
        .bind(organization)
        .bind(vector)
        .bind(NEAREST as i64)
        .fetch_all(self.owner)
        .await?;
        Ok(ids.into_iter().collect())
    }
}

/// The nearest in meaning of what a search found.
fn nearest_of(mut passages: Vec<Passage>) -> HashSet<Uuid> {
    passages.sort_by(|a, b| b.vector_score.total_cmp(&a.vector_score));
    passages.into_iter().take(NEAREST).map(|passage| passage.chunk_id.0).collect()
}

/// The model, with the time that it took. A question that was asked a moment ago is not embedded again.
struct Watched {
    model: Arc<dyn Embedder>,
    last: Mutex<Duration>,
}

impl Watched {
    /// How long it has worked since this was last asked.
    fn took(&self) -> Duration {
        std::mem::take(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Embedder for Watched {
    fn model(&self) -> &str {
        self.model.model()
    }

    fn dimension(&self) -> usize {
        self.model.dimension()
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, llm::Result<Vec<Vec<f32>>>> {
        Box::pin(async move {
            let begun = Instant::now();
            let vectors = self.model.embed(texts).await?;
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) += begun.elapsed();
            Ok(vectors)
        })
    }
}
