//! Whether a run has tried enough to say something: a product that nobody used and nothing was done to breaks no promise.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Arguments,
    faults::{DISK, EXHAUSTED, KINDS, SILENT},
    load::SOCKETS,
    rule::{Findings, Rule},
    stage::Stage,
};

/// A full run restarts Postgres at least so often, and times each kind of node as often after that.
const RESTARTS: usize = 10;
/// Parts of the program whose nodes are timed.
const PARTS: [&str; 2] = ["web", "worker"];

/// How much a run has to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Rolling,
    /// Everything once, and of the named steps some one.
    Short,
    /// Everything.
    Full,
}

impl Extent {
    fn of(arguments: &Arguments) -> Self {
        match arguments.rolling {
            true => Self::Rolling,
            false if arguments.is_full() => Self::Full,
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
    /// Of web nodes, in a rolling restart.
    web_restarts: usize,
    /// How often a node was timed after the database's return, by its part.
    returns: BTreeMap<&'static str, usize>,
    /// Steps at which a process ended.
    steps: BTreeSet<&'static str>,
    troubles: BTreeSet<&'static str>,
    /// The disk is one that can be filled.
    has_own_disk: bool,
    /// At how much each rule has looked.
    looked: Findings,
}

impl Tried {
    pub fn of(stage: &Stage, findings: &Findings) -> Self {
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
            web_restarts: stage.webs.iter().map(|web| web.starts() - 1).sum(),
            returns: happened.returns.iter().map(|(part, took)| (*part, took.len())).collect(),
            steps: happened.steps.into_keys().collect(),
            troubles: happened.troubles.into_keys().collect(),
            has_own_disk: stage.disk.is_own,
            looked: findings.clone(),
        }
    }

    /// What such a run should have tried too, in words; nothing when it was enough.
    pub fn missing(&self, arguments: &Arguments) -> Vec<String> {
        let extent = Extent::of(arguments);
        let mut missing = self.not_used();
        match extent {
            Extent::Rolling => missing.extend(self.not_restarted()),
            Extent::Short | Extent::Full => {
                if self.kills < arguments.kills {
                    missing.push(format!("{} kills instead of {}", self.kills, arguments.kills));
                }
                missing.extend(self.not_disturbed(extent));
            }
        }
        let idle =
            Rule::tried(arguments.rolling).filter(|rule| self.looked.of(*rule) == 0 && *rule != Rule::EnoughTried);
        // In a short run, whoever stands still is mostly killed before another one takes over.
        let idle = idle.filter(|rule| extent == Extent::Full || *rule != Rule::TakenOver);
        missing.extend(idle.map(|rule| format!("nothing to look at: {}", rule.words())));
        missing
    }

    /// What nobody did or saw who used the product.
    fn not_used(&self) -> Vec<String> {
        let uses = [
            (self.messages, "no message was acknowledged"),
            (self.uploads, "no upload was acknowledged"),
            (self.webhooks, "no webhook came"),
            (self.takeovers, "no takeover was acknowledged"),
            (self.hand_backs, "no hand-back was acknowledged"),
            (self.resumed, "no socket came back"),
        ];
        uses.into_iter().filter(|(count, _)| *count == 0).map(|(_, what)| what.to_owned()).collect()
    }

    /// Each web node that is restarted sends all sockets to the other one; the first one has only some of them.
    fn not_restarted(&self) -> Option<String> {
        let expected = SOCKETS * self.web_restarts.saturating_sub(1);
        let is_enough = self.web_restarts > 1 && self.resumed >= expected;
        (!is_enough).then(|| format!("{} sockets came back in {} restarts", self.resumed, self.web_restarts))
    }

    /// What was never done to the product, or too seldom.
    fn not_disturbed(&self, extent: Extent) -> Vec<String> {
        let mut missing = Vec::new();
        let is_full = extent == Extent::Full;
        let steps: Vec<_> = db::hooks::STEPS.into_iter().filter(|step| !self.steps.contains(step)).collect();
        if is_full && !steps.is_empty() || self.steps.is_empty() {
            missing.push(format!("no process ended at {}", steps.join(", ")));
        }
        let least = if is_full { RESTARTS } else { 1 };
        if self.restarts < least {
            missing.push(format!("{} restarts of the database instead of {least}", self.restarts));
        }
        for part in PARTS {
            let count = self.returns.get(part).copied().unwrap_or_default();
            if count < least {
                missing.push(format!("{count} times a {part} node was timed after that instead of {least}"));
            }
        }
        let kinds = KINDS.into_iter().filter(|kind| self.has_own_disk || *kind != DISK);
        // How soon a pool is exhausted depends on the machine, and a silence takes longer than a short run.
        let kinds = kinds.filter(|kind| is_full || ![EXHAUSTED, SILENT].contains(kind));
        let kinds = kinds.filter(|kind| !self.troubles.contains(kind));
        missing.extend(kinds.map(|kind| format!("never: {kind}")));
        missing
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::KILLS;

    fn arguments(more: &[&str]) -> Arguments {
        Arguments::parse_from(["chaos", "--program", "biseda"].iter().chain(more))
    }

    fn everything() -> Tried {
        let mut looked = Findings::default();
        Rule::ALL.iter().for_each(|rule| looked.looked(*rule, 1));
        Tried {
            messages: 1,
            uploads: 1,
            webhooks: 1,
            takeovers: 1,
            hand_backs: 1,
            resumed: SOCKETS,
            kills: KILLS,
            restarts: RESTARTS,
            web_restarts: 2,
            returns: PARTS.map(|part| (part, RESTARTS)).into(),
            steps: db::hooks::STEPS.into(),
            troubles: KINDS.into(),
            has_own_disk: true,
            looked,
        }
    }

    #[test]
    fn a_full_run_has_tried_everything() {
        let full = arguments(&[]);
        assert_eq!(everything().missing(&full), Vec::<String>::new());
        assert_eq!(
            Tried { steps: db::hooks::STEPS[2..].iter().copied().collect(), ..everything() }.missing(&full),
            ["no process ended at message-received, message-written"]
        );
        let mut tried = Tried { takeovers: 0, resumed: 0, kills: KILLS - 1, restarts: 3, ..everything() };
        tried.troubles.remove(EXHAUSTED);
        tried.troubles.remove(SILENT);
        tried.returns.insert("worker", 9);
        assert_eq!(
            tried.missing(&full),
            [
                "no takeover was acknowledged",
                "no socket came back",
                "199 kills instead of 200",
                "3 restarts of the database instead of 10",
                "9 times a worker node was timed after that instead of 10",
                "never: pool of connections exhausted",
                "never: a service silent for longer than it is waited for",
            ]
        );
        // Words, uploads, webhooks, takeovers, hand-backs, sockets, kills, steps, restarts, two kinds of nodes, each kind of
        // trouble but the disk, each rule but this one.
        let nothing = Tried::default().missing(&full);
        assert_eq!(nothing.len(), 11 + KINDS.len() - 1 + Rule::tried(false).count() - 1, "{nothing:#?}");
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
    fn a_short_run_has_tried_everything_once_and_killed_as_often_as_asked() {
        let short = arguments(&["--kills", "10", "--seconds", "30"]);
        let once = Tried {
            kills: 10,
            restarts: 1,
            returns: PARTS.map(|part| (part, 1)).into(),
            steps: [db::hooks::STEPS[0]].into(),
            ..everything()
        };
        assert_eq!(once.missing(&short), Vec::<String>::new());
        assert_eq!(Tried { kills: 9, ..once.clone() }.missing(&short), ["9 kills instead of 10"]);
        assert_eq!(Tried { troubles: BTreeSet::new(), ..once.clone() }.missing(&short).len(), KINDS.len() - 2);
        assert_eq!(Tried { steps: BTreeSet::new(), returns: BTreeMap::new(), ..once }.missing(&short).len(), 3);
    }

    #[test]
    fn a_rule_that_had_nothing_to_look_at_was_not_tried() {
        let missing = Tried { looked: Findings::default(), ..everything() }.missing(&arguments(&["--rolling"]));
        assert_eq!(missing.len(), Rule::tried(true).count() - 1);
        assert!(missing.contains(&"nothing to look at: no request fails in a rolling restart".to_owned()));
    }

    #[test]
    fn in_a_rolling_restart_every_socket_came_back_each_time() {
        let rolling = arguments(&["--rolling"]);
        assert_eq!(
            Tried { troubles: BTreeSet::new(), kills: 0, ..everything() }.missing(&rolling),
            Vec::<String>::new()
        );
        let late = Tried { web_restarts: 6, resumed: 5 * SOCKETS - 1, ..everything() };
        assert_eq!(late.missing(&rolling), ["74 sockets came back in 6 restarts"]);
        assert_eq!(Tried { web_restarts: 0, ..everything() }.missing(&rolling), ["15 sockets came back in 0 restarts"]);
    }
}
