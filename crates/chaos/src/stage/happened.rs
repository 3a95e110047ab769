use std::{collections::BTreeMap, path::PathBuf, sync::PoisonError, time::Duration};

use super::Stage;

/// What was done to it.
#[derive(Default, Clone)]
pub struct Happened {
    /// Disturbances beside the kills, with their number.
    pub troubles: BTreeMap<&'static str, usize>,
    /// Steps at which a process ended.
    pub steps: BTreeMap<&'static str, usize>,
    /// From each return of the database until a node was ready, by its part.
    pub returns: BTreeMap<&'static str, Vec<Duration>>,
    /// From when a worker stood still, with a job in hand, until the job went on elsewhere.
    pub taken_over: Vec<Duration>,
    /// Files without a row that were made so old that they have to go.
    pub aged: usize,
    /// Files without a row that may not go yet.
    pub young: Vec<PathBuf>,
}

impl Stage {
    /// What was done to it so far.
    pub fn happened(&self) -> Happened {
        self.happened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Happened)) {
        note(&mut self.happened.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn troubled(&self, name: &'static str) {
        self.note(|happened| *happened.troubles.entry(name).or_default() += 1);
    }

    pub fn reached(&self, step: &'static str) {
        self.note(|happened| *happened.steps.entry(step).or_default() += 1);
    }

    pub fn returned(&self, part: &'static str, took: Duration) {
        self.note(|happened| happened.returns.entry(part).or_default().push(took));
    }

    pub fn taken_over(&self, took: Duration) {
        self.note(|happened| happened.taken_over.push(took));
    }

    pub fn aged(&self, files: usize) {
        self.note(|happened| happened.aged = files);
    }

    pub fn keeps(&self, file: PathBuf) {
        self.note(|happened| happened.young.push(file));
    }
}
