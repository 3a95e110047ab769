//! Whether events are as `docs/events.md` describes them. Builds for development look at each, and so do all tests.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use serde_json::{Map, Value};
use types::event::EventName;

type Fields = BTreeSet<String>;

/// The fields of each event: of every example below its heading.
static DESCRIBED: LazyLock<HashMap<&str, Vec<Fields>>> = LazyLock::new(|| {
    let page = include_str!("../../../../docs/events.md");
    let parts = page.split("\n### `").skip(1).filter_map(|part| part.split_once('`'));
    parts.map(|(name, text)| (name, examples(text))).collect()
});

fn examples(text: &str) -> Vec<Fields> {
    let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|block| fields(&serde_json::from_str(block).unwrap_or_default())).collect()
}

fn fields(payload: &Value) -> Fields {
    payload.as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

/// # Panics
/// When an event has other fields than each of its examples.
pub(super) fn check(name: EventName, payload: &Value) {
    let described = DESCRIBED.get(name.as_str()).is_some_and(|examples| examples.contains(&fields(payload)));
    assert!(described, "docs/events.md has no example of {name} with the fields of {payload}");
}
