//! Jobs: what was accepted is done.

use uuid::Uuid;

use super::Broken;
use crate::{rule::Rule, stage::Stage};

pub(super) async fn look(stage: &Stage, broken: &mut Broken) -> anyhow::Result<()> {
    let owner = &stage.database.owner;
    let jobs: Vec<(i64, String, String)> = sqlx::query_as(
        "select id, state::text, args::text from awa.jobs where state::text <> 'completed' and queue <> 'tick'",
    )
    .fetch_all(owner)
    .await?;
    for (id, state, args) in jobs {
        broken.push((Rule::NoJobLost, format!("{id} is {state}: {args}")));
    }
    let unanswered: Vec<Uuid> = sqlx::query_scalar(
        "select c.id from conversations c
         where c.status = 'active' and c.owner = 'agent' and 'contact' = (
           select m.author_type from messages m
           where m.organization_id = c.organization_id and m.conversation_id = c.id and m.content_type <> 'event'
             and not m.is_note
           order by m.seq desc limit 1)",
    )
    .fetch_all(owner)
    .await?;
    broken.extend(unanswered.iter().map(|id| (Rule::QuestionsAnswered, format!("conversation {id}"))));
    let sources = stage.ledger.open().sources.clone();
    for (id, documents) in sources {
        let found: Option<(String, i64, i64)> = sqlx::query_as(
            "select s.status, (select count(*) from documents d where d.source_id = s.id and d.is_live),
                    (select count(*) from documents d where d.source_id = s.id and not d.is_live)
             from knowledge_sources s where s.id = $1",
        )
        .bind(id)
        .fetch_optional(owner)
        .await?;
        if found.as_ref() != Some(&("ready".to_owned(), documents, 0)) {
            broken.push((Rule::SourcesRead, format!("{id}: {found:?}, expected {documents} documents")));
        }
    }
    let (outbox, mails): (i64, i64) = sqlx::query_as(
        "select (select count(*) from event_outbox), (select count(*) from mails where status <> 'sent')",
    )
    .fetch_one(owner)
    .await?;
    if outbox > 0 {
        broken.push((Rule::EventsPublished, format!("{outbox} wait")));
    }
    if mails > 0 {
        broken.push((Rule::MailsSent, format!("{mails} wait")));
    }
    Ok(())
}
