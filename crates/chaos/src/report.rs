//! What came of it.

use std::time::Duration;

use crate::{Arguments, enough::Tried, ledger::Acknowledged, rule::Rule, stage::Stage, verify::Settled};

/// Ids that are shown of those that break a rule.
const SHOWN: usize = 10;

/// The table that is printed, and the rules that were broken.
pub struct Report {
    lines: Vec<(String, String)>,
    broken: Vec<(Rule, String)>,
    /// How many rules were tried.
    rules: usize,
    seed: u64,
}

impl Report {
    pub fn of(stage: &Stage, arguments: &Arguments, seed: u64, settled: Settled) -> Self {
        let missing = Tried::of(stage).missing(arguments);
        let (happened, ledger) = (stage.happened(), stage.ledger.open());
        let mut lines = vec![("seed".to_owned(), seed.to_string())];
        for node in stage.nodes() {
            lines.push((format!("kills of {}", node.name), node.kills().to_string()));
        }
        let database = stage.database.kills.load(std::sync::atomic::Ordering::SeqCst);
        lines.push(("kills of the database".into(), database.to_string()));
        lines.push(("kills in all".into(), stage.kills().to_string()));
        let steps: usize = happened.steps.values().sum();
        let known = db::hooks::STEPS.len();
        lines
            .push(("of these at named steps".into(), format!("{steps}, at {} of {known} steps", happened.steps.len())));
        lines.extend(happened.troubles.iter().map(|(name, count)| ((*name).to_owned(), count.to_string())));
        let longest = happened.returns.iter().max().map_or(Duration::ZERO, |longest| *longest);
        let returns = format!("{} ms at most, {} measured", longest.as_millis(), happened.returns.len());
        lines.push(("ready after the database's return".into(), returns));
        let longest = ledger.resumed.iter().max().map_or(Duration::ZERO, |longest| *longest);
        let resumed = format!("{} times, after {} ms at most", ledger.resumed.len(), longest.as_millis());
        lines.push(("sockets came back".into(), resumed));
        lines.extend(acknowledged(&ledger));
        lines.extend(settled.figures);
        lines.push(("everything at its end after".into(), format!("{} s", settled.after.as_secs())));
        let mut broken = settled.broken;
        broken.extend(missing.into_iter().map(|what| (Rule::EnoughTried, what)));
        Self { lines, broken, rules: Rule::tried(arguments.rolling), seed }
    }

    pub fn is_good(&self) -> bool {
        self.broken.is_empty()
    }

    /// Prints it, and says whether every promise was kept.
    pub fn print(&self) -> bool {
        println!();
        for (name, value) in &self.lines {
            println!("  {name:<38} {value}");
        }
        let mut rules: Vec<_> = self.broken.iter().map(|(rule, _)| *rule).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            let cases: Vec<_> = self.broken.iter().filter(|(of, _)| *of == rule).collect();
            println!("\nBROKEN: {} ({} times)", rule.words(), cases.len());
            for (_, what) in cases.iter().take(SHOWN) {
                println!("  {what}");
            }
        }
        match self.is_good() {
            true => println!("\nEvery promise was kept: {} rules.", self.rules),
            false => println!("\nTry it again with --seed {}.", self.seed),
        }
        self.is_good()
    }
}

fn acknowledged(ledger: &Acknowledged) -> Vec<(String, String)> {
    let statuses: Vec<_> = ledger
        .statuses
        .iter()
        .map(
            |(status, count)| {
                if *status == 0 { format!("no answer × {count}") } else { format!("{status} × {count}") }
            },
        )
        .collect();
    vec![
        ("messages acknowledged".into(), ledger.said.len().to_string()),
        ("takeovers acknowledged".into(), ledger.takeovers.len().to_string()),
        ("hand-backs acknowledged".into(), ledger.hand_backs.len().to_string()),
        ("contacts acknowledged".into(), ledger.contacts.len().to_string()),
        ("uploads acknowledged".into(), ledger.uploads.len().to_string()),
        ("sources acknowledged".into(), ledger.sources.len().to_string()),
        ("invitations acknowledged".into(), ledger.invited.len().to_string()),
        ("answers".into(), statuses.join(", ")),
    ]
}
