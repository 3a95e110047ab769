//! What members have begun to write and not sent, by conversation, so that looking elsewhere loses none of it.

use std::collections::HashMap;

use leptos::prelude::*;
use types::{attachment::Attachment, id::ConversationId};

/// What was begun in a conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub reply: String,
    pub note: String,
    /// Files that the server has already.
    pub attachments: Vec<Attachment>,
}

impl Draft {
    /// Takes back what could not be sent, below what was begun since.
    fn take_back(&mut self, is_note: bool, content: &str, attachments: Vec<Attachment>) {
        let text = if is_note { &mut self.note } else { &mut self.reply };
        if !text.is_empty() && !content.is_empty() {
            text.push('\n');
        }
        text.push_str(content);
        self.attachments.extend(attachments);
    }
}

/// The drafts of all conversations. They outlive the threads in which they are written.
#[derive(Clone, Copy)]
pub struct Drafts(RwSignal<HashMap<ConversationId, Draft>>);

impl Drafts {
    /// Nothing is begun yet.
    pub fn new() -> Self {
        Self(RwSignal::new(HashMap::new()))
    }

    /// What was begun in a conversation. Followed, it tells of what is given back, not of what is kept.
    pub fn of(&self, id: ConversationId) -> Draft {
        self.0.with(|drafts| drafts.get(&id).cloned()).unwrap_or_default()
    }

    /// Remembers what stands in the composer of a conversation now.
    pub fn keep(&self, id: ConversationId, draft: Draft) {
        self.0.try_update_untracked(|drafts| {
            if draft == Draft::default() { drafts.remove(&id) } else { drafts.insert(id, draft) }
        });
    }

    /// Gives a conversation back what could not be sent.
    pub fn give_back(&self, id: ConversationId, is_note: bool, content: &str, attachments: Vec<Attachment>) {
        self.0.update(|drafts| drafts.entry(id).or_default().take_back(is_note, content, attachments));
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_comes_back_takes_nothing_from_what_was_begun_since() {
        let owner = Owner::new();
        owner.set();
        let (drafts, id) = (Drafts::new(), ConversationId(Uuid::nil()));
        let now = || untrack(|| drafts.of(id));
        drafts.give_back(id, false, "first", Vec::new());
        assert_eq!(now(), Draft { reply: "first".into(), ..Draft::default() });
        drafts.give_back(id, false, "second", Vec::new());
        drafts.give_back(id, true, "a note", Vec::new());
        assert_eq!(now(), Draft { reply: "first\nsecond".into(), note: "a note".into(), attachments: Vec::new() });
        drafts.keep(id, Draft::default());
        assert_eq!(now(), Draft::default());
        assert!(drafts.0.with_untracked(HashMap::is_empty));
    }
}
