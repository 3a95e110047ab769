//! Who has the turn: what was acknowledged stands, and no agent speaks after a takeover.

use std::collections::{BTreeMap, HashMap};

use sqlx::FromRow;
use uuid::Uuid;

use super::Row;
use crate::{
    ledger::Turn,
    rule::{Findings, Rule},
    stage::Stage,
};

const AGENT: &str = "agent";
const MEMBER: &str = "member";

/// A change of who answers, as it is stored.
#[derive(FromRow)]
struct Change {
    conversation_id: Uuid,
    epoch: i64,
    owner: String,
    /// Of the event that tells of it; what tells of it in the thread comes next.
    position: Option<i64>,
}

pub(super) async fn look(
    stage: &Stage,
    threads: &BTreeMap<Uuid, Vec<&Row>>,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let changes: Vec<Change> = sqlx::query_as(
        "select conversation_id, (payload->>'owner_epoch')::bigint as epoch, payload->>'owner' as owner, position
         from events where name = 'conversation.owner_changed'",
    )
    .fetch_all(&stage.database.owner)
    .await?;
    let changes: HashMap<_, _> =
        changes.iter().map(|change| ((change.conversation_id, change.epoch), change)).collect();
    let (takeovers, hand_backs) = {
        let ledger = stage.ledger.open();
        (ledger.takeovers.clone(), ledger.hand_backs.clone())
    };
    for (owner, turns) in [(MEMBER, &takeovers), (AGENT, &hand_backs)] {
        findings.looked(Rule::NoTurnLost, turns.len());
        for turn in turns {
            let change = changes.get(&(turn.conversation, turn.epoch)).copied();
            let thread = threads.get(&turn.conversation).map(Vec::as_slice).unwrap_or_default();
            if !stands(turn, owner, change, thread) {
                findings.broke(Rule::NoTurnLost, format!("to the {owner}: {turn:?}"));
            }
            if owner == MEMBER
                && let Some(row) = spoken_since(turn.seq, thread)
            {
                findings.broke(Rule::TakeoverRespected, format!("{}: {} after {turn:?}", turn.conversation, row.id));
            }
        }
    }
    for (conversation, thread) in threads {
        in_turn(*conversation, thread, findings);
    }
    Ok(())
}

/// Whether a change is there as it was acknowledged: in its epoch, and told in the thread no later than the answer said.
fn stands(turn: &Turn, owner: &str, change: Option<&Change>, thread: &[&Row]) -> bool {
    let Some(change) = change else {
        // A conversation begins as the agent's, of which no event tells.
        return owner == AGENT && turn.epoch == 1;
    };
    let told = thread.iter().filter(|row| change.position.is_some() && row.position > change.position);
    change.owner == owner && told.map(|row| row.seq).min().is_some_and(|seq| seq <= turn.seq)
}

/// What an agent has said after a place in the thread and before the next hand-back.
fn spoken_since<'a>(seq: i64, thread: &[&'a Row]) -> Option<&'a Row> {
    let mut since = thread.iter().filter(|row| row.seq > seq).take_while(|row| row.line() != Some("handed_back"));
    since.find(|row| row.is_answer()).copied()
}

/// From a takeover to the next hand-back no agent answers, and none answers twice to the same words: as the threads
/// themselves tell, acknowledged or not.
fn in_turn(conversation: Uuid, thread: &[&Row], findings: &mut Findings) {
    let (mut is_taken, mut is_answered) = (false, true);
    for row in thread {
        match row.line() {
            Some("taken_over") => {
                findings.looked(Rule::TakeoverRespected, 1);
                is_taken = true;
            }
            Some("handed_back") => (is_taken, is_answered) = (false, false),
            Some(_) => {}
            None if row.author_type == "contact" => is_answered = false,
            None if row.is_answer() => {
                findings.looked(Rule::AnsweredOnce, 1);
                if is_taken {
                    findings.broke(Rule::TakeoverRespected, format!("{conversation}: {}", row.id));
                }
                if is_answered {
                    findings.broke(Rule::AnsweredOnce, format!("{conversation}: {}", row.id));
                }
                is_answered = true;
            }
            None => {}
        }
    }
}

impl Row {
    /// The word for what happened, of a line of the product's own.
    fn line(&self) -> Option<&str> {
        (self.content_type == "event").then_some(self.content.as_str())
    }

    fn is_answer(&self) -> bool {
        self.author_type == AGENT && self.line().is_none()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{super::times, *};

    /// A thread of authors and words, each at the position of ten times its number; words of `product` are lines.
    fn thread(rows: &[(&str, &str)]) -> Vec<Row> {
        let row = |(seq, (author, content)): (i64, &(&str, &str))| Row {
            conversation_id: Uuid::nil(),
            id: Uuid::from_u128(u128::try_from(seq).unwrap()),
            seq,
            content: (*content).into(),
            content_type: if *author == "product" { "event" } else { "text" }.into(),
            author_type: (*author).into(),
            is_note: false,
            position: Some(seq * 10),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(seq),
        };
        (1..).zip(rows).map(row).collect()
    }

    fn turn(epoch: i64, seq: i64) -> Turn {
        Turn { conversation: Uuid::nil(), epoch, seq }
    }

    fn change(owner: &str, position: Option<i64>) -> Change {
        Change { conversation_id: Uuid::nil(), epoch: 2, owner: owner.into(), position }
    }

    #[test]
    fn a_takeover_stands_in_its_epoch_and_its_place() {
        let rows = thread(&[("contact", "v0-0"), ("product", "taken_over"), ("member", "m0-0")]);
        let rows: Vec<_> = rows.iter().collect();
        let stored = change(MEMBER, Some(19));
        assert!(stands(&turn(2, 2), MEMBER, Some(&stored), &rows));
        // Taken over before, and told so again.
        assert!(stands(&turn(2, 3), MEMBER, Some(&stored), &rows));
        // Lost, and made anew in the same epoch.
        assert!(!stands(&turn(2, 1), MEMBER, Some(&stored), &rows));
        assert!(!stands(&turn(2, 2), MEMBER, None, &rows));
        assert!(!stands(&turn(2, 2), MEMBER, Some(&change("nobody", Some(19))), &rows));
        // Its line is gone, or its event is not published.
        assert!(!stands(&turn(2, 2), MEMBER, Some(&change(MEMBER, Some(39))), &rows));
        assert!(!stands(&turn(2, 2), MEMBER, Some(&change(MEMBER, None)), &rows));
    }

    #[test]
    fn a_conversation_that_begins_as_the_agents_needs_no_hand_back() {
        assert!(stands(&turn(1, 1), AGENT, None, &[]));
        assert!(!stands(&turn(1, 1), MEMBER, None, &[]));
        assert!(!stands(&turn(3, 1), AGENT, None, &[]));
    }

    #[test]
    fn an_agent_speaks_again_after_the_hand_back_only() {
        let rows =
            thread(&[("product", "taken_over"), ("contact", "v0-1"), ("product", "handed_back"), ("agent", "a")]);
        assert!(spoken_since(1, &rows.iter().collect::<Vec<_>>()).is_none());
        let rows = thread(&[("agent", "before"), ("product", "taken_over"), ("agent", "after")]);
        let rows: Vec<_> = rows.iter().collect();
        assert_eq!(spoken_since(2, &rows).map(|row| row.seq), Some(3));
        let mut findings = Findings::default();
        in_turn(Uuid::nil(), &rows[1..], &mut findings);
        assert!(findings.broken().iter().any(|(rule, _)| *rule == Rule::TakeoverRespected));
        assert_eq!((findings.of(Rule::TakeoverRespected), findings.of(Rule::AnsweredOnce)), (1, 1));
        // The line of the takeover is lost: only who was told of it knows.
        assert_eq!(spoken_since(1, &rows[2..]).map(|row| row.seq), Some(3));
    }

    #[test]
    fn a_node_with_a_clock_of_its_own_shows() {
        let mut rows = thread(&[("contact", "v0-1"), ("agent", "a"), ("contact", "v0-2")]);
        let broken = |rows: &[Row]| {
            let mut findings = Findings::default();
            times(Uuid::nil(), &rows.iter().collect::<Vec<_>>(), &mut findings);
            assert_eq!(findings.of(Rule::TimesRise), 2);
            findings.broken().len()
        };
        assert_eq!(broken(&rows), 0);
        rows[1].created_at += TimeDelta::hours(1);
        assert_eq!(broken(&rows), 1, "ahead");
        rows[1].created_at -= TimeDelta::hours(2);
        assert_eq!(broken(&rows), 1, "behind");
    }
}
