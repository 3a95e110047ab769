//! The rows that are chosen for a change of several.

use leptos::prelude::*;
use types::id::ConversationId;

/// The chosen rows, in the order in which they were chosen.
#[derive(Clone, Copy)]
pub struct Selection {
    chosen: RwSignal<Vec<ConversationId>>,
    /// The row from which a click with Shift reaches.
    anchor: StoredValue<Option<ConversationId>>,
}

impl Selection {
    /// Nothing is chosen yet.
    pub fn new() -> Self {
        Self { chosen: RwSignal::new(Vec::new()), anchor: StoredValue::new(None) }
    }

    /// Whether the row is chosen.
    pub fn has(&self, id: ConversationId) -> bool {
        self.chosen.with(|chosen| chosen.contains(&id))
    }

    /// The chosen rows.
    pub fn get(&self) -> Vec<ConversationId> {
        self.chosen.get()
    }

    /// Chooses the row, or no longer; with `range`, it and all rows between it and the one before.
    pub fn toggle(&self, id: ConversationId, range: bool, shown: &[ConversationId]) {
        let is_on = !self.chosen.with_untracked(|chosen| chosen.contains(&id));
        let from = self.anchor.get_value().filter(|_| range).unwrap_or(id);
        let rows = between(shown, from, id);
        self.chosen.update(|chosen| {
            chosen.retain(|row| !rows.contains(row));
            if is_on {
                chosen.extend_from_slice(rows);
            }
        });
        self.anchor.set_value(Some(id));
    }

    /// Forgets rows that are not shown any more.
    pub fn keep(&self, shown: &[ConversationId]) {
        self.retain(|row| shown.contains(row));
    }

    /// Chooses nothing.
    pub fn clear(&self) {
        self.retain(|_| false);
        self.anchor.set_value(None);
    }

    /// Tells of it only where there is something to tell. Asks nothing: a change of many takes its time, and the inbox may have
    /// been left.
    fn retain(&self, is_kept: impl Fn(&ConversationId) -> bool) {
        self.chosen.maybe_update(|chosen| {
            let before = chosen.len();
            chosen.retain(is_kept);
            chosen.len() < before
        });
    }
}

/// The rows from one to another, both included, in either direction.
fn between(shown: &[ConversationId], one: ConversationId, other: ConversationId) -> &[ConversationId] {
    let at = |id| shown.iter().position(|row| *row == id);
    match (at(one), at(other)) {
        (Some(one), Some(other)) => &shown[one.min(other)..=one.max(other)],
        (None, Some(other)) => &shown[other..=other],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ids(numbers: &[u128]) -> Vec<ConversationId> {
        numbers.iter().map(|number| ConversationId(Uuid::from_u128(*number))).collect()
    }

    #[test]
    fn a_range_reaches_either_way() {
        let shown = ids(&[1, 2, 3, 4]);
        assert_eq!(between(&shown, shown[1], shown[3]), ids(&[2, 3, 4]));
        assert_eq!(between(&shown, shown[2], shown[0]), ids(&[1, 2, 3]));
        assert_eq!(between(&shown, ids(&[9])[0], shown[1]), ids(&[2]));
        assert_eq!(between(&shown, shown[1], ids(&[9])[0]), ids(&[]));
    }

    #[test]
    fn rows_are_chosen_dropped_and_forgotten() {
        let owner = Owner::new();
        owner.set();
        let shown = ids(&[1, 2, 3, 4]);
        let selection = Selection::new();
        selection.toggle(shown[0], false, &shown);
        selection.toggle(shown[2], true, &shown);
        assert_eq!(untrack(|| selection.get()), ids(&[1, 2, 3]));
        selection.toggle(shown[1], false, &shown);
        assert_eq!(untrack(|| selection.get()), ids(&[1, 3]));
        selection.keep(&ids(&[3, 4]));
        assert_eq!(untrack(|| selection.get()), ids(&[3]));
        selection.clear();
        assert!(untrack(|| selection.get()).is_empty());
    }
}
