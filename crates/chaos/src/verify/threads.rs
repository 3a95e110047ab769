//! Messages: none lost, none doubled, in their order, shown to everybody, and each by whoever had the turn.

mod turns;

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::Broken;
use crate::{rule::Rule, stage::Stage};

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
}

pub(super) async fn look(stage: &Stage, broken: &mut Broken) -> anyhow::Result<()> {
    let rows: Vec<Row> = sqlx::query_as(
        "select m.conversation_id, m.id, m.seq, m.content, m.content_type, m.author_type, m.is_note, e.position
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
    said(stage, &rows, broken);
    turns::look(stage, &threads, broken).await?;
    for (conversation, thread) in &threads {
        order(*conversation, thread, broken);
    }
    shown(stage, &rows, &threads, broken);
    Ok(())
}

fn mark(content: &str) -> &str {
    content.split(' ').next().unwrap_or_default()
}

/// What clients said is there once, as it was acknowledged.
fn said(stage: &Stage, rows: &[Row], broken: &mut Broken) {
    let mut stored = HashMap::<&str, Vec<&Row>>::new();
    for row in rows.iter().filter(|row| row.content_type != "event" && row.author_type != "agent") {
        stored.entry(mark(&row.content)).or_default().push(row);
    }
    for (mark, rows) in &stored {
        if rows.len() > 1 {
            broken.push((Rule::NoMessageDoubled, (*mark).to_owned()));
        }
    }
    for said in &stage.ledger.open().said {
        let found = stored.get(said.mark.as_str()).and_then(|rows| rows.first());
        let is_there = found
            .is_some_and(|row| (row.id, row.conversation_id, row.seq) == (said.message, said.conversation, said.seq));
        if !is_there {
            broken.push((Rule::NoMessageLost, format!("{said:?}")));
        }
    }
}

/// Numbers have no gaps, and what one author said stands in the order in which it was said.
fn order(conversation: Uuid, thread: &[&Row], broken: &mut Broken) {
    for (place, row) in (1..).zip(thread) {
        if row.seq != place {
            broken.push((Rule::NoGaps, format!("{conversation} at {place}")));
            break;
        }
    }
    let mut last = HashMap::<&str, u64>::new();
    for row in thread.iter().filter(|row| matches!(row.author_type.as_str(), "contact" | "member")) {
        let Some((author, number)) = mark(&row.content).rsplit_once('-') else { continue };
        let Ok(number) = number.parse() else { continue };
        if last.insert(author, number).is_some_and(|before| before >= number) {
            broken.push((Rule::OrderKept, format!("{conversation}: {}", row.content)));
        }
    }
}

/// Sockets have shown everything, however often they broke.
fn shown(stage: &Stage, rows: &[Row], threads: &BTreeMap<Uuid, Vec<&Row>>, broken: &mut Broken) {
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
            if !seen.is_some_and(|seen| seen.contains(&row.id)) {
                let what = format!("{visitor} of {conversation}: {} {}", row.seq, row.content);
                broken.push((Rule::WidgetComplete, what));
            }
        }
    }
    for row in rows {
        let is_loaded = row.position.is_some_and(|position| position <= ledger.loaded_by_members);
        if !is_loaded && !ledger.seen_by_members.contains(&row.id) {
            broken.push((Rule::InboxComplete, format!("{}: {} {}", row.conversation_id, row.seq, row.content)));
        }
    }
}
