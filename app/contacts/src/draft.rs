use leptos::{ev, prelude::*};

use crate::fields::submit_on_change;

/// What stands in a control that saves itself when it is left: the saved text, but never in place of one that is being
/// typed there. A colleague's change does not get in between, nor the answer to what was saved just before.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    /// What the control shows (`use:shows`).
    pub shown: RwSignal<String>,
    is_typed: RwSignal<bool>,
}

impl Draft {
    /// Follows what is saved.
    pub fn new(saved: Memo<String>) -> Self {
        let (shown, is_typed) = (RwSignal::new(saved.get_untracked()), RwSignal::new(false));
        Effect::new(move || {
            let saved = saved.get();
            if !is_typed.get_untracked() {
                shown.set(saved);
            }
        });
        Self { shown, is_typed }
    }

    /// Something was typed.
    pub fn begin(self) {
        self.is_typed.set(true);
    }

    /// It was left as it is.
    pub fn end(self) {
        self.is_typed.set(false);
    }

    /// It is to be saved.
    pub fn save(self, event: ev::Event) {
        self.end();
        submit_on_change(event);
    }
}
