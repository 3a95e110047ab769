//! What came of it.

use std::time::Duration;

use crate::{
    Arguments,
    enough::Tried,
    ledger::Acknowledged,
    rule::{Findings, Rule},
    stage::Stage,
    verify::Settled,
};

/// Ids that are shown of those that break a rule.
const SHOWN: usize = 10;

/// The table that is printed, and the rules that were broken.
pub struct Report {
    lines: Vec<(String, String)>,
    findings: Findings,
    /// Those that were tried.
    rules: Vec<Rule>,
    seed: u64,
}

impl Report {
    pub fn of(stage: &Stage, arguments: &Arguments, seed: u64, settled: Settled) -> Self {
        let mut findings = settled.findings;
        let missing = Tried::of(stage, &findings).missing(arguments);
        findings.looked(Rule::EnoughTried, 1);
        missing.into_iter().for_each(|what| findings.broke(Rule::EnoughTried, what));
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
        for (part, took) in &happened.returns {
            lines.push((format!("{part} ready after the database's return"), times(took)));
        }
        lines.push(("jobs of frozen workers taken over".into(), times(&happened.taken_over)));
        lines.push(("sockets came back".into(), times(&ledger.resumed)));
        let anew = ledger.told_to_load.len();
        let by_cursor = format!("{} times, {anew} were told to load anew", ledger.by_cursor);
        lines.push(("of these from their cursor".into(), by_cursor));
        lines.push(("open sockets told to load anew".into(), ledger.loaded_anew.to_string()));
        lines.extend(acknowledged(&ledger));
        lines.extend(settled.figures);
        lines.push(("everything at its end after".into(), format!("{} s", settled.after.as_secs())));
        Self { lines, findings, rules: Rule::tried(arguments.rolling).collect(), seed }
    }

    pub fn is_good(&self) -> bool {
        self.findings.broken().is_empty()
    }

    /// Prints it, and says whether every promise was kept.
    pub fn print(&self) -> bool {
        println!();
        for (name, value) in &self.lines {
            println!("  {name:<38} {value}");
        }
        println!("\n  at how much each rule has looked");
        for rule in &self.rules {
            println!("  {:<74} {:>6}", rule.words(), self.findings.of(*rule));
        }
        for rule in Rule::ALL {
            let cases: Vec<_> = self.findings.broken().iter().filter(|(of, _)| of == rule).collect();
            if cases.is_empty() {
                continue;
            }
            let looked = self.findings.of(*rule);
            println!("\nBROKEN: {} ({} times, {looked} looked at)", rule.words(), cases.len());
            for (_, what) in cases.iter().take(SHOWN) {
                println!("  {what}");
            }
        }
        match self.is_good() {
            true => println!("\nEvery promise was kept: {} rules.", self.rules.len()),
            false => println!("\nTry it again with --seed {}.", self.seed),
        }
        self.is_good()
    }
}

/// How often something was timed, and how long it took at most.
fn times(took: &[Duration]) -> String {
    let longest = took.iter().max().map_or(0, Duration::as_millis);
    format!("{} times, after {longest} ms at most", took.len())
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
