//! Whether a run has tried enough to say something: a product that nobody used and nothing was done to breaks no promise.

use std::collections::BTreeSet;

use crate::{
    Arguments, KILLS, SECONDS,
    faults::{DISK, KINDS},
    stage::Stage,
};

/// A full run restarts Postgres at least so often.
const RESTARTS: usize = 10;

/// How much a run has to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Rolling,
    /// What is reached within half a minute, on a busy machine too.
    Short,
    /// Everything.
    Full,
}

impl Extent {
    fn of(arguments: &Arguments) -> Self {
        match arguments.rolling {
            true => Self::Rolling,
            false if arguments.kills >= KILLS && arguments.seconds >= SECONDS => Self::Full,
            false => Self::Short,
        }
    }
}

/// What a run has tried.
#[derive(Default, Clone)]
pub struct Tried {
    messages: usize,
    uploads: usize,
    webhooks: usize,
    takeovers: usize,
    hand_backs: usize,
    /// Sockets that came back.
    resumed: usize,
    kills: usize,
    /// Of the database.
    restarts: usize,
    /// Steps at which a process ended.
    steps: BTreeSet<&'static str>,
    troubles: BTreeSet<&'static str>,
    /// The disk is one that can be filled.
    has_own_disk: bool,
}

impl Tried {
    pub fn of(stage: &Stage) -> Self {
        let (happened, ledger) = (stage.happened(), stage.ledger.open());
        Self {
            messages: ledger.said.len(),
            uploads: ledger.uploads.len(),
            webhooks: stage.doubles.receiver.heard().times.len(),
            takeovers: ledger.takeovers.len(),
            hand_backs: ledger.hand_backs.len(),
            resumed: ledger.resumed.len(),
            kills: stage.kills(),
            restarts: stage.database.restarts.load(std::sync::atomic::Ordering::SeqCst),
            steps: happened.steps.into_keys().collect(),
            troubles: happened.troubles.into_keys().collect(),
            has_own_disk: stage.disk.is_own,
        }
    }

    /// What such a run should have tried too, in words; nothing when it was enough.
    pub fn missing(&self, arguments: &Arguments) -> Vec<String> {
        let extent = Extent::of(arguments);
        let mut missing = self.not_used(extent);
        if extent != Extent::Rolling && self.kills < arguments.kills {
            missing.push(format!("{} kills instead of {}", self.kills, arguments.kills));
        }
        if extent == Extent::Full {
            missing.extend(self.not_disturbed());
        }
        missing
    }

    /// What nobody did or saw who used the product.
    fn not_used(&self, extent: Extent) -> Vec<String> {
        use Extent::{Full, Rolling, Short};
        let uses: [(usize, &str, &[Extent]); 6] = [
            (self.messages, "no message was acknowledged", &[Rolling, Short, Full]),
            (self.uploads, "no upload was acknowledged", &[Short, Full]),
            (self.webhooks, "no webhook came", &[Short, Full]),
            (self.takeovers, "no takeover was acknowledged", &[Full]),
            (self.hand_backs, "no hand-back was acknowledged", &[Full]),
            (self.resumed, "no socket came back", &[Rolling, Full]),
        ];
        let missing = uses.into_iter().filter(|(count, _, extents)| *count == 0 && extents.contains(&extent));
        missing.map(|(_, what, _)| what.to_owned()).collect()
    }

    /// What was never done to the product.
    fn not_disturbed(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let steps: Vec<_> = db::hooks::STEPS.into_iter().filter(|step| !self.steps.contains(step)).collect();
        if !steps.is_empty() {
            missing.push(format!("no process ended at {}", steps.join(", ")));
        }
        if self.restarts < RESTARTS {
            missing.push(format!("{} restarts of the database instead of {RESTARTS}", self.restarts));
        }
        let kinds = KINDS.into_iter().filter(|kind| self.has_own_disk || *kind != DISK);
        let kinds = kinds.filter(|kind| !self.troubles.contains(kind));
        missing.extend(kinds.map(|kind| format!("never: {kind}")));
        missing
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn arguments(more: &[&str]) -> Arguments {
        Arguments::parse_from(["chaos", "--program", "biseda"].iter().chain(more))
    }

    fn everything() -> Tried {
        Tried {
            messages: 1,
            uploads: 1,
            webhooks: 1,
            takeovers: 1,
            hand_backs: 1,
            resumed: 1,
            kills: KILLS,
            restarts: RESTARTS,
            steps: db::hooks::STEPS.into(),
            troubles: KINDS.into(),
            has_own_disk: true,
        }
    }

    #[test]
    fn a_full_run_has_tried_everything() {
        let full = arguments(&[]);
        assert!(everything().missing(&full).is_empty());
        assert_eq!(
            Tried { steps: db::hooks::STEPS[2..].iter().copied().collect(), ..everything() }.missing(&full),
            ["no process ended at message-received, message-written"]
        );
        let mut tried = Tried { takeovers: 0, resumed: 0, kills: KILLS - 1, restarts: 3, ..everything() };
        tried.troubles.remove("pool of connections exhausted");
        assert_eq!(
            tried.missing(&full),
            [
                "no takeover was acknowledged",
                "no socket came back",
                "199 kills instead of 200",
                "3 restarts of the database instead of 10",
                "never: pool of connections exhausted",
            ]
        );
        // Words, uploads, webhooks, takeovers, hand-backs, sockets, kills, steps, restarts, and each kind but the disk.
        assert_eq!(Tried::default().missing(&full).len(), 9 + KINDS.len() - 1);
    }

    #[test]
    fn the_disk_counts_where_it_can_be_filled() {
        let mut tried = everything();
        tried.troubles.remove(DISK);
        assert_eq!(tried.missing(&arguments(&[])), ["never: disk full"]);
        tried.has_own_disk = false;
        assert!(tried.missing(&arguments(&[])).is_empty());
    }

    #[test]
    fn a_short_run_has_been_used_and_has_killed_as_often_as_asked() {
        let short = arguments(&["--kills", "10", "--seconds", "30"]);
        let enough = Tried { messages: 1, uploads: 1, webhooks: 1, kills: 10, ..Tried::default() };
        assert!(enough.missing(&short).is_empty());
        assert_eq!(Tried { kills: 9, ..enough }.missing(&short), ["9 kills instead of 10"]);
        assert_eq!(
            Tried { kills: 10, ..Tried::default() }.missing(&short),
            ["no message was acknowledged", "no upload was acknowledged", "no webhook came"]
        );
    }

    #[test]
    fn in_a_rolling_restart_somebody_wrote_and_sockets_came_back() {
        let rolling = arguments(&["--rolling"]);
        assert!(Tried { messages: 1, resumed: 1, ..Tried::default() }.missing(&rolling).is_empty());
        assert_eq!(Tried::default().missing(&rolling), ["no message was acknowledged", "no socket came back"]);
    }
}
