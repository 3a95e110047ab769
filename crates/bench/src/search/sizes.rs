//! The search by size of organization, at rest and while passages are replaced as fast as the model embeds new ones.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::ensure;
use db::sqlx::{self, Connection, Executor};
use domain::{Actor, Services};
use tokio::{task::JoinHandle, time};
use types::id::OrganizationId;
use uuid::Uuid;

use super::{GOAL, Outcome, RECALL, Searches, WARM_UP};
use crate::{
    corpus, fill,
    report::{Report, milliseconds},
    world::{Own, World, pool},
};

const SIZES: [usize; 7] = [20, 200, 1_000, 5_000, 20_000, 100_000, 250_000];
const QUESTIONS: usize = 100;
/// What the model embeds on two cores, as it came out of the ingestion of a manual.
const WRITTEN_A_SECOND: u32 = 50;

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let own = world.own_database("sizes").await?;
    let measured = judge(world, &own, report).await;
    world.drop_database(own).await?;
    measured
}

async fn judge(world: &World<'_>, own: &Own, report: &mut Report) -> anyhow::Result<()> {
    let pages = corpus::read(&world.arguments.documentation, fill::REAL)?;
    let questions = corpus::questions(&pages, WARM_UP + QUESTIONS);
    ensure!(questions.len() == WARM_UP + QUESTIONS, "the documentation has too few sections");
    let mut organizations = Vec::new();
    for (place, size) in SIZES.into_iter().enumerate() {
        organizations.push((fill::organization(&own.services, place).await?, size));
    }
    let owner = pool(&own.urls.owner, 2).await?;
    let mut connection = owner.acquire().await?.detach();
    connection.execute("set session_replication_role = replica; set synchronous_commit = off").await?;
    fill::passages(&own.services, &world.arguments.documentation, &mut connection, &organizations).await?;
    connection.execute("vacuum (analyze)").await?;
    connection.close().await?;
    let searches = Searches::new(&owner, &own.services);
    for (organization, size) in organizations {
        let alone = searches.run(&questions, &[(organization, size as i64)]).await?;
        state(report, &format!("{size} passages"), &alone);
        let writer = Writer::start(&own.services, organization);
        let beside = searches.run(&questions, &[(organization, size as i64)]).await;
        let written = writer.stop().await?;
        state(report, &format!("{size} passages, {written} replaced meanwhile"), &beside?);
    }
    owner.close().await;
    Ok(())
}

fn state(report: &mut Report, name: &str, outcome: &Outcome) {
    let (p50, p95, recall) = (outcome.without.percentile(50), outcome.without.percentile(95), outcome.recall());
    let measured = format!("p50 {}, p95 {}, recall@10 {recall:.3}", milliseconds(p50), milliseconds(p95));
    report.goal(name, "p95 ≤ 30 ms, ≥ 0.98", measured, p95 <= GOAL && recall >= RECALL);
}

/// Replaces documents, one after the other, as a sync does: a new one with other vectors, the old one away.
struct Writer {
    task: JoinHandle<anyhow::Result<u64>>,
    end: Arc<AtomicBool>,
}

impl Writer {
    fn start(services: &Services, organization: Uuid) -> Self {
        let (services, end) = (services.clone(), Arc::new(AtomicBool::new(false)));
        let until = end.clone();
        let task = tokio::spawn(async move {
            let (mut written, mut due) = (0, time::Instant::now());
            while !until.load(Ordering::Relaxed) {
                let passages = replace(&services, organization).await?;
                written += passages;
                due += Duration::from_secs(passages) / WRITTEN_A_SECOND;
                time::sleep_until(due).await;
            }
            Ok(written)
        });
        Self { task, end }
    }

    /// How many passages were replaced.
    async fn stop(self) -> anyhow::Result<u64> {
        self.end.store(true, Ordering::Relaxed);
        self.task.await?
    }
}

/// Replaces the oldest document; gives the number of its passages.
async fn replace(services: &Services, organization: Uuid) -> anyhow::Result<u64> {
    let mut cx = services.db.begin(OrganizationId(organization), Actor::System).await?;
    let (old, new): (Uuid, Uuid) = sqlx::query_as(
        "insert into documents (organization_id, id, source_id, location, title, language, content, content_hash, recipe,
                                is_live)
         select organization_id, uuidv7(), source_id, location, title, language, content,
                sha256(id::text::bytea), recipe, true
         from documents where organization_id = $1 order by id limit 1
         returning (select id from documents where organization_id = $1 order by id limit 1), id",
    )
    .bind(organization)
    .fetch_one(cx.conn())
    .await?;
    let passages = sqlx::query(
        "insert into document_chunks (organization_id, id, document_id, source_id, ordinal, content, heading_path, char_start,
                                      char_end, lexemes, lexeme_count, embedding, embedding_model)
         select organization_id, uuidv7(), $3, source_id, ordinal, content, heading_path, char_start, char_end, lexemes,
                lexeme_count, (select l2_normalize(c.embedding + array_agg((random() - 0.5) * 0.02)::real[]::vector)
                               from generate_series(1, vector_dims(c.embedding))), embedding_model
         from document_chunks c where organization_id = $1 and document_id = $2",
    )
    .bind(organization)
    .bind(old)
    .bind(new)
    .execute(cx.conn())
    .await?
    .rows_affected();
    sqlx::query("delete from documents where organization_id = $1 and id = $2")
        .bind(organization)
        .bind(old)
        .execute(cx.conn())
        .await?;
    services.commit(cx).await?;
    Ok(passages.max(1))
}
