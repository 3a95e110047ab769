//! Jobs: what was accepted is done.

use db::queue;
use uuid::Uuid;

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let owner = &stage.database.owner;
    let jobs: Vec<(i64, String, String)> =
        sqlx::query_as("select id, state::text, args::text from awa.jobs where queue <> 'tick'")
            .fetch_all(owner)
            .await?;
    findings.looked(Rule::NoJobLost, jobs.len());
    for (id, state, args) in jobs.iter().filter(|(_, state, _)| state != "completed") {
        findings.broke(Rule::NoJobLost, format!("{id} is {state}: {args}"));
    }
    // Those are not among them.
    let in_hand = format!("select job_id, args::text from ({}) jobs where queue <> 'tick'", queue::IN_HAND);
    let in_hand: Vec<(i64, String)> = sqlx::query_as(&in_hand).fetch_all(owner).await?;
    for (id, args) in in_hand {
        findings.broke(Rule::NoJobLost, format!("{id} is in hand: {args}"));
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
    let (events, outbox, all_mails, mails): (i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from events), (select count(*) from event_outbox),
                (select count(*) from mails), (select count(*) from mails where status <> 'sent')",
    )
    .fetch_one(owner)
    .await?;
    findings.looked(Rule::EventsPublished, usize::try_from(events)?);
    findings.looked(Rule::MailsSent, usize::try_from(all_mails)?);
    if outbox > 0 {
        findings.broke(Rule::EventsPublished, format!("{outbox} wait"));
    }
    if mails > 0 {
        findings.broke(Rule::MailsSent, format!("{mails} wait"));
    }
    Ok(())
}
