use pgvector::Vector;
use types::id::AnswerId;

use crate::{Cx, Result, Services};

/// Cosine similarity from which two questions are one. Measured with MiniLM (`tests/it/measure.rs`): rephrasings
/// lie above, questions about another thing in the same words below.
const SAME_QUESTION: f64 = 0.83;

/// A curated answer that fits a question.
pub(crate) struct Found {
    pub id: AnswerId,
    pub question: String,
    pub answer: String,
    /// Cosine similarity of the questions, 1 when their words are the same.
    pub similarity: f64,
}

/// The active curated answer whose question is this one: in the same words, else by meaning. `vector` is the
/// question's; without one only the words count.
pub(crate) async fn find(
    services: &Services,
    cx: &mut Cx,
    question: &str,
    vector: Option<&[f32]>,
) -> Result<Option<Found>> {
    let organization = cx.organization();
    let words = normalize(question);
    // An organization curates tens to hundreds of answers: comparing with all of them takes a millisecond.
    let row = sqlx::query!(
        r#"select id, question, answer, similarity as "similarity!"
           from (
             select id, question, answer,
                    case when btrim(regexp_replace(lower(question), '[^[:alnum:]]+', ' ', 'g')) = $2 then 1.0
                         when embedding_model = $4 and vector_dims(embedding) = vector_dims($3::vector)
                           then 1 - (embedding <=> $3::vector)
                         else 0.0 end as similarity
             from answers where organization_id = $1 and is_active
           ) scored
           where similarity >= $5
           order by similarity desc, id
           limit 1"#,
        organization.0,
        words,
        vector.map(|vector| Vector::from(vector.to_vec())) as Option<Vector>,
        services.embedder.model(),
        SAME_QUESTION
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(row.map(|row| Found {
        id: AnswerId(row.id),
        question: row.question,
        answer: row.answer,
        similarity: row.similarity,
    }))
}

/// Counts that an answer was given to a visitor.
pub(crate) async fn hit(cx: &mut Cx, id: AnswerId) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!(
        "update answers set hit_count = hit_count + 1 where organization_id = $1 and id = $2",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// Words in lower case with single spaces between, as the query above makes them of the stored question.
fn normalize(question: &str) -> String {
    let words: Vec<_> = question.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
}
