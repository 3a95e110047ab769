use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};

/// A query with its plan.
pub struct Plan {
    /// Its words, with single spaces.
    pub query: String,
    pub tree: Value,
}

/// The plans that `auto_explain` tells this thread's connections.
#[derive(Clone, Default)]
pub struct Plans(Arc<Mutex<Vec<String>>>);

impl Plans {
    /// Listens until the guard is dropped.
    pub fn listen() -> (Self, DefaultGuard) {
        let plans = Self::default();
        (plans.clone(), tracing::subscriber::set_default(plans))
    }

    /// What was told so far.
    pub fn take(&self) -> Vec<Plan> {
        let told = std::mem::take(&mut *self.0.lock().unwrap());
        told.iter().filter_map(|text| parse(text)).collect()
    }
}

/// `duration: 0.123 ms  plan:`, then an object with the query and the plan.
fn parse(text: &str) -> Option<Plan> {
    let (_, json) = text.split_once("plan:")?;
    let mut told: Value = serde_json::from_str(json).unwrap();
    let query = told["Query Text"].as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Plan { query, tree: told["Plan"].take() })
}

impl Subscriber for Plans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Message(self));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message<'a>(&'a Plans);

impl Visit for Message<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
