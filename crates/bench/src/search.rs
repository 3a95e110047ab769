//! The search: its time and what the index misses.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::ensure;
use db::sqlx;
use domain::{Actor, knowledge};
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

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let pages = corpus::read(&world.arguments.documentation, fill::REAL)?;
    let questions = corpus::questions(&pages, QUESTIONS + WARM_UP);
    ensure!(questions.len() == QUESTIONS + WARM_UP, "the documentation has too few sections");
    let embedder = Arc::new(Watched { model: world.services.embedder.clone(), last: Mutex::default() });
    let services = domain::Services { embedder: embedder.clone(), ..world.services.clone() };
    let organizations: Vec<(Uuid, i64)> =
        sqlx::query_as("select organization_id, count(*) from document_chunks group by 1 order by 2 desc, 1")
            .fetch_all(&world.owner)
            .await?;
    let (large, small) = organizations.split_at(1);
    let passages: i64 = small.iter().map(|(_, count)| count).sum();
    let name = format!("{passages} passages over {} organizations", small.len());
    let searches = Searches { world, services, embedder };
    searches.run(&questions, small, &name, report).await?;
    // A question's vector is kept for the next time that it is asked; here each is to be embedded.
    let questions: Vec<String> = questions.iter().map(|question| format!("{question} Please explain.")).collect();
    let name = format!("one organization of {} passages (HNSW)", large[0].1);
    searches.run(&questions, large, &name, report).await
}

struct Searches<'a> {
    world: &'a World<'a>,
    services: domain::Services,
    embedder: Arc<Watched>,
}

impl Searches<'_> {
    async fn run(
        &self,
        questions: &[String],
        organizations: &[(Uuid, i64)],
        name: &str,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let (mut without, mut with) = (Times::default(), Times::default());
        let (mut found, mut wanted) = (0, 0);
        for (number, (question, (organization, _))) in questions.iter().zip(organizations.iter().cycle()).enumerate() {
            let begun = Instant::now();
            let passages = knowledge::search(
                &self.services,
                OrganizationId(*organization),
                Actor::System,
                question,
                usize::MAX,
                &[],
            )
            .await?;
            let time = begun.elapsed();
            let (vector, embedding) = self.embedder.last();
            if number < WARM_UP {
                continue;
            }
            with.push(time);
            without.push(time.saturating_sub(embedding));
            let nearest = self.nearest(*organization, &vector).await?;
            wanted += nearest.len();
            found += nearest_of(passages).intersection(&nearest).count();
        }
        let recall = found as f64 / wanted as f64;
        let p95 = without.percentile(95);
        let measured = format!(
            "p50 {}, p95 {}; with the question's embedding p95 {} ({} searches)",
            milliseconds(without.percentile(50)),
            milliseconds(p95),
            milliseconds(with.percentile(95)),
            with.len()
        );
        report.goal(&format!("search, {name}"), "p95 ≤ 30 ms", measured, p95 <= GOAL);
        report.goal(&format!("recall@{NEAREST}, {name}"), "≥ 0.98", format!("{recall:.4}"), recall >= 0.98);
        Ok(())
    }

    /// The nearest by comparing every vector of the organization.
    async fn nearest(&self, organization: Uuid, vector: &[f32]) -> anyhow::Result<HashSet<Uuid>> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from document_chunks where organization_id = $1 order by embedding <#> $2::real[]::vector limit $3",
        )
        .bind(organization)
        .bind(vector)
        .bind(NEAREST as i64)
        .fetch_all(&self.world.owner)
        .await?;
        Ok(ids.into_iter().collect())
    }
}

/// The nearest in meaning of what a search found.
fn nearest_of(mut passages: Vec<Passage>) -> HashSet<Uuid> {
    passages.sort_by(|a, b| b.vector_score.total_cmp(&a.vector_score));
    passages.into_iter().take(NEAREST).map(|passage| passage.chunk_id.0).collect()
}

/// The model, with the last vector and the time that it took.
struct Watched {
    model: Arc<dyn Embedder>,
    last: Mutex<(Vec<f32>, Duration)>,
}

impl Watched {
    fn last(&self) -> (Vec<f32>, Duration) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
            let last = (vectors.first().cloned().unwrap_or_default(), begun.elapsed());
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
            Ok(vectors)
        })
    }
}
