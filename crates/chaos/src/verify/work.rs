//! Jobs: what was accepted is done.

use db::queue;
use uuid::Uuid;

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let owner = &stage.database.owner;
    // Those that are done do not stay: a clock that goes ahead by a day takes them along.
    let begun: i64 = sqlx::query_scalar("select last_value from awa.job_id_seq").fetch_one(owner).await?;
    findings.looked(Rule::NoJobLost, usize::try_from(begun)?);
    let not_done = format!("select job_id, args::text from ({}) jobs where queue <> 'tick'", queue::NOT_DONE);
    let not_done: Vec<(i64, String)> = sqlx::query_as(&not_done).fetch_all(owner).await?;
    for (id, args) in not_done {
        findings.broke(Rule::NoJobLost, format!("{id} is not done: {args}"));
    }
    let given_up: Vec<(i64, String, String)> = sqlx::query_as(
        "select id, state::text, args::text from awa.jobs where queue <> 'tick' and state in ('failed', 'cancelled')",
    )
    .fetch_all(owner)
    .await?;
    for (id, state, args) in given_up {
        findings.broke(Rule::NoJobLost, format!("{id} is {state}: {args}"));
    }
    let last_words: Vec<(Uuid, String)> = sqlx::query_as(
        "select c.id, (
           select m.author_type from messages m
           where m.organization_id = c.organization_id and m.conversation_id = c.id and m.content_type <> 'event'
             and not m.is_note
           order by m.seq desc limit 1)
         from conversations c where c.status = 'active' and c.owner = 'agent' and c.last_seq > 0",
    )
    .fetch_all(owner)
    .await?;
    findings.looked(Rule::QuestionsAnswered, last_words.len());
    for (id, _) in last_words.iter().filter(|(_, author)| author == "contact") {
        findings.broke(Rule::QuestionsAnswered, format!("conversation {id}"));
    }
    let sources = stage.ledger.open().sources.clone();
    findings.looked(Rule::SourcesRead, sources.len());
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
            findings.broke(Rule::SourcesRead, format!("{id}: {found:?}, expected {documents} documents"));
        }
    }
    let (events, outbox, mails): (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from events), (select count(*) from event_outbox), (select count(*) from mails)",
    )
    .fetch_one(owner)
    .await?;
    findings.looked(Rule::EventsPublished, usize::try_from(events)?);
    findings.looked(Rule::MailsSent, usize::try_from(mails)?);
    if outbox > 0 {
        findings.broke(Rule::EventsPublished, format!("{outbox} wait"));
    }
    let unsent: Vec<(Uuid, String)> =
        sqlx::query_as("select id, status from mails where status <> 'sent'").fetch_all(owner).await?;
    for (id, status) in unsent {
        findings.broke(Rule::MailsSent, format!("{id} is {status}"));
    }
    Ok(())
}
