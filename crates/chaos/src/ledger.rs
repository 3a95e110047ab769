//! What the product acknowledged, as its clients know it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::rule::{Findings, Rule};

/// A message that was acknowledged.
#[derive(Debug, Clone)]
pub struct Said {
    /// Begins its text: the author, `-`, and the author's running number.
    pub mark: String,
    pub conversation: Uuid,
    pub message: Uuid,
    pub seq: i64,
}

/// A change of who answers that was acknowledged.
#[derive(Debug, Clone)]
pub struct Turn {
    pub conversation: Uuid,
    /// Rises with each change in the conversation.
    pub epoch: i64,
    /// The conversation's newest message in the answer: the line that tells of the change, or a later one when the
    /// conversation had been theirs before.
    pub seq: i64,
}

/// A file that was acknowledged.
#[derive(Debug, Clone)]
pub struct Upload {
    pub id: Uuid,
    /// Where it is fetched.
    pub url: String,
    pub sha256: String,
}

/// Everything that was acknowledged.
#[derive(Default)]
pub struct Acknowledged {
    pub said: Vec<Said>,
    /// Contacts that programs made, by the key of the request.
    pub contacts: BTreeMap<String, Uuid>,
    pub uploads: Vec<Upload>,
    /// Sources with the number of their documents.
    pub sources: BTreeMap<Uuid, i64>,
    /// Addresses that were invited.
    pub invited: Vec<String>,
    pub takeovers: Vec<Turn>,
    pub hand_backs: Vec<Turn>,
    /// What the socket of each visitor has shown.
    pub seen_by_visitors: HashMap<String, HashSet<Uuid>>,
    pub seen_by_members: HashSet<Uuid>,
    /// Sockets that have ended, with when.
    pub away: HashMap<String, Instant>,
    /// From the end of each socket until the next one was welcome.
    pub resumed: Vec<Duration>,
    /// Sockets that came back and went on from their cursor.
    pub by_cursor: usize,
    /// Those that were told to load anew instead: their cursor, and the one that they were given.
    pub told_to_load: Vec<(i64, i64)>,
    /// How often an open socket was told to load anew.
    pub loaded_anew: usize,
    /// Answers by status; 0: none came.
    pub statuses: BTreeMap<u16, u64>,
    /// What was seen while it happened.
    pub findings: Findings,
}

/// The book, shared by all clients.
#[derive(Default)]
pub struct Ledger(Mutex<Acknowledged>);

impl Ledger {
    pub fn open(&self) -> MutexGuard<'_, Acknowledged> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something that a rule is about was looked at.
    pub fn looked(&self, rule: Rule) {
        self.open().findings.looked(rule, 1);
    }

    pub fn broken(&self, rule: Rule, what: impl Into<String>) {
        self.open().findings.broke(rule, what);
    }
}
