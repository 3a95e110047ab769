//! Messages: none lost, none doubled, in their order, shown to everybody, and each by whoever had the turn.

mod turns;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

/// A message may have waited for a lock from when its time was taken; a clock that is wrong is so by an hour.
const WAITED: TimeDelta = TimeDelta::minutes(5);

#[derive(FromRow)]
struct Row {
    conversation_id: Uuid,
    id: Uuid,
    seq: i64,
    content: String,
    content_type: String,
    author_type: String,
    is_note: bool,
    position: Option<i64>,
    created_at: DateTime<Utc>,
}

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let rows: Vec<Row> = sqlx::query_as(
        "select m.conversation_id, m.id, m.seq, m.content, m.content_type, m.author_type, m.is_note, e.position,
                m.created_at
         from messages m
         left join events e on e.organization_id = m.organization_id and e.resource_id = m.id and e.name = 'message.created'
         order by m.conversation_id, m.seq",
    )
    .fetch_all(&stage.database.owner)
    .await?;
    let mut threads = BTreeMap::<Uuid, Vec<&Row>>::new();
    for row in &rows {
        threads.entry(row.conversation_id).or_default().push(row);
    }
    said(stage, &rows, findings);
    turns::look(stage, &threads, findings).await?;
    for (conversation, thread) in &threads {
        order(*conversation, thread, findings);
        times(*conversation, thread, findings);
    }
    shown(stage, &rows, &threads, findings);
    Ok(())
}

fn mark(content: &str) -> &str {
    content.split(' ').next().unwrap_or_default()
}

/// What clients said is there once, as it was acknowledged.
fn said(stage: &Stage, rows: &[Row], findings: &mut Findings) {
    let mut stored = HashMap::<&str, Vec<&Row>>::new();
    for row in rows.iter().filter(|row| row.content_type != "event" && row.author_type != "agent") {
        stored.entry(mark(&row.content)).or_default().push(row);
    }
    findings.looked(Rule::NoMessageDoubled, stored.len());
    for (mark, rows) in &stored {
        if rows.len() > 1 {
            findings.broke(Rule::NoMessageDoubled, (*mark).to_owned());
        }
    }
    let ledger = stage.ledger.open();
    findings.looked(Rule::NoMessageLost, ledger.said.len());
    for said in &ledger.said {
        let found = stored.get(said.mark.as_str()).and_then(|rows| rows.first());
        let is_there = found
            .is_some_and(|row| (row.id, row.conversation_id, row.seq) == (said.message, said.conversation, said.seq));
        if !is_there {
            findings.broke(Rule::NoMessageLost, format!("{said:?}"));
        }
    }
}

/// Numbers have no gaps, and what one author said stands in the order in which it was said.
fn order(conversation: Uuid, thread: &[&Row], findings: &mut Findings) {
    findings.looked(Rule::NoGaps, thread.len());
    for (place, row) in (1..).zip(thread) {
        if row.seq != place {
            findings.broke(Rule::NoGaps, format!("{conversation} at {place}"));
            break;
        }
    }
    let mut last = HashMap::<&str, u64>::new();
    for row in thread.iter().filter(|row| matches!(row.author_type.as_str(), "contact" | "member")) {
        let Some((author, number)) = mark(&row.content).rsplit_once('-') else { continue };
        let Ok(number) = number.parse() else { continue };
        let Some(before) = last.insert(author, number) else { continue };
        findings.looked(Rule::OrderKept, 1);
        if before >= number {
            findings.broke(Rule::OrderKept, format!("{conversation}: {}", row.content));
        }
    }
}

/// No message is dated before the one before it: all nodes go by one clock.
fn times(conversation: Uuid, thread: &[&Row], findings: &mut Findings) {
    for pair in thread.windows(2) {
        let [before, row] = pair else { continue };
        findings.looked(Rule::TimesRise, 1);
        if row.created_at < before.created_at - WAITED {
            let what = format!("{conversation}: {} at {}, after one at {}", row.seq, row.created_at, before.created_at);
            findings.broke(Rule::TimesRise, what);
        }
    }
}

/// Sockets have shown everything, however often they broke.
fn shown(stage: &Stage, rows: &[Row], threads: &BTreeMap<Uuid, Vec<&Row>>, findings: &mut Findings) {
    let ledger = stage.ledger.open();
    let visitors: HashSet<(String, Uuid)> = ledger
        .said
        .iter()
        .filter(|said| said.mark.starts_with('v'))
        .filter_map(|said| Some((said.mark.rsplit_once('-')?.0.to_owned(), said.conversation)))
        .collect();
    for (visitor, conversation) in visitors {
        let seen = ledger.seen_by_visitors.get(&visitor);
        for row in threads.get(&conversation).into_iter().flatten().filter(|row| !row.is_note) {
            findings.looked(Rule::WidgetComplete, 1);
            if !seen.is_some_and(|seen| seen.contains(&row.id)) {
                let what = format!("{visitor} of {conversation}: {} {}", row.seq, row.content);
                findings.broke(Rule::WidgetComplete, what);
            }
        }
    }
    findings.looked(Rule::InboxComplete, rows.len());
    for row in rows {
        if !ledger.seen_by_members.contains(&row.id) {
            findings.broke(Rule::InboxComplete, format!("{}: {} {}", row.conversation_id, row.seq, row.content));
        }
    }
}
