//! Passages of every organization. Some thousand real ones, embedded by the real model, are each used in several
//! organizations, and several times in the large one, each time with other noise on the vector: no two vectors are
//! equal, and their neighbourhoods are those of real text.

use std::path::Path;

use db::sqlx::{self, PgConnection};
use domain::{Services, knowledge};
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::corpus;

/// Real passages.
pub const REAL: usize = 5_000;
/// Length of the noise that is added to a vector of length 1: the cosine of a passage and its original is about 0.94.
const NOISE: f32 = 0.35;
const NOISES: i32 = 4_000;
const EMBEDDED_AT_ONCE: usize = 64;

/// Gives each organization so many passages; `connection` is one of the schema's owner.
pub async fn fill(
    services: &Services,
    documentation: &Path,
    connection: &mut PgConnection,
    organizations: &[(Uuid, usize)],
) -> anyhow::Result<()> {
    let pages = corpus::read(documentation, REAL)?;
    corpus_tables(services, connection, &pages).await?;
    noise(connection).await?;
    println!("  passages of {} organizations", organizations.len());
    for (place, (organization, wanted)) in organizations.iter().enumerate() {
        let first = place * 37 % pages.len();
        sqlx::query("insert into plan values ($1, $2, $3, $4, $5, $6)")
            .bind(organization)
            .bind(services.db.new_id())
            .bind(place as i32)
            .bind(first as i32)
            .bind(*wanted as i32)
            .bind(knowledge::sync::recipe(services))
            .execute(&mut *connection)
            .await?;
    }
    sqlx::raw_sql(include_str!("knowledge.sql")).execute(&mut *connection).await?;
    Ok(())
}

async fn corpus_tables(
    services: &Services,
    connection: &mut PgConnection,
    pages: &[corpus::Page],
) -> anyhow::Result<()> {
    sqlx::raw_sql(
        "create temp table page (n int, name text, title text, content text, chunks int);
         create temp table piece (page int, ordinal int, n int, content text, headings jsonb, char_start int, char_end int,
                                  lexemes tsvector, embedding vector);
         create temp table plan (organization_id uuid, source_id uuid, place int, first_page int, wanted int,
                                 recipe text)",
    )
    .execute(&mut *connection)
    .await?;
    let contexts: Vec<String> = pages.iter().flat_map(corpus::Page::contexts).collect();
    println!("  embedding {} real passages", contexts.len());
    let vectors = embed(services, &contexts).await?;
    let mut n = 0;
    for (number, page) in pages.iter().enumerate() {
        sqlx::query("insert into page values ($1, $2, $3, $4, $5)")
            .bind(number as i32)
            .bind(&page.name)
            .bind(&page.title)
            .bind(&page.content)
            .bind(page.pieces.len() as i32)
            .execute(&mut *connection)
            .await?;
        for (ordinal, piece) in page.pieces.iter().enumerate() {
            sqlx::query(
                "insert into piece values ($1, $2, $3, $4, $5, $6, $7, to_tsvector('english', $8), $9::real[]::vector)",
            )
            .bind(number as i32)
            .bind(ordinal as i32)
            .bind(n as i32)
            .bind(&piece.content)
            .bind(serde_json::to_value(&piece.heading_path)?)
            .bind(piece.char_start as i32)
            .bind(piece.char_end as i32)
            .bind(&contexts[n])
            .bind(&vectors[n])
            .execute(&mut *connection)
            .await?;
            n += 1;
        }
    }
    Ok(())
}

async fn embed(services: &Services, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
    let mut vectors = Vec::with_capacity(texts.len());
    for texts in texts.chunks(EMBEDDED_AT_ONCE) {
        vectors.extend(services.embedder.embed(texts).await?);
    }
    Ok(vectors)
}

/// Directions at random, the same in each run.
async fn noise(connection: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::raw_sql("create temp table noise (n int, v vector)").execute(&mut *connection).await?;
    let mut random = StdRng::seed_from_u64(42);
    let bound = NOISE * (3.0f32 / 384.0).sqrt();
    for n in 0..NOISES {
        let v: Vec<f32> = (0..384).map(|_| random.random_range(-bound..bound)).collect();
        sqlx::query("insert into noise values ($1, $2::real[]::vector)")
            .bind(n)
            .bind(v)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
