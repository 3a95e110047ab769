//! What members have begun to write and not sent, by conversation, so that looking elsewhere loses none of it. The tab
//! keeps the texts too, until it is closed or the member signs out.

use std::collections::HashMap;

use leptos::prelude::*;
use types::{
    attachment::Attachment,
    id::{ConversationId, MemberId},
};

type ByConversation = HashMap<ConversationId, Draft>;

/// What was begun in a conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub reply: String,
    pub note: String,
    /// Files that the server has already.
    pub attachments: Vec<Attachment>,
    /// What could not be sent, as far as the browser knows.
    pub unsent: Vec<Unsent>,
}

/// What could not be sent: a message, or files that nobody waited for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unsent {
    pub client_id: Option<String>,
    pub is_note: bool,
    pub content: String,
    pub attachments: Vec<Attachment>,
}

impl Draft {
    /// What is to stand in the composer, with what comes back below what was begun since. A message that has arrived
    /// does not come back: only the answer to it was lost.
    pub fn settled(mut self, has_arrived: impl Fn(&str) -> bool) -> Self {
        for Unsent { client_id, is_note, content, attachments } in std::mem::take(&mut self.unsent) {
            if client_id.is_some_and(|id| has_arrived(&id)) {
                continue;
            }
            let text = if is_note { &mut self.note } else { &mut self.reply };
            if !text.is_empty() && !content.is_empty() {
                text.push('\n');
            }
            text.push_str(&content);
            self.attachments.extend(attachments);
        }
        self
    }
}

/// The drafts of all conversations. They outlive the threads in which they are written, and the inbox.
#[derive(Clone, Copy)]
pub struct Drafts {
    all: RwSignal<ByConversation>,
    /// Whose they are, once those are back that the tab has kept.
    member: StoredValue<Option<MemberId>>,
}

/// Makes drafts available below. Once, in the dashboard's frame.
pub fn provide_drafts() {
    provide_context(Drafts::new());
}

impl Drafts {
    /// Nothing is begun yet.
    fn new() -> Self {
        Self { all: RwSignal::new(HashMap::new()), member: StoredValue::new(None) }
    }

    /// Brings back what the tab has kept of the member, once.
    pub fn bring_back(&self, member: MemberId) {
        if self.member.get_value().is_some() {
            return;
        }
        self.member.set_value(Some(member));
        let kept = kept_by_tab(member);
        self.all.update(|all| {
            for (id, draft) in kept {
                all.entry(id).or_insert(draft);
            }
        });
    }

    /// What was begun in a conversation. Followed, it tells of what is given back, not of what is kept.
    pub fn of(&self, id: ConversationId) -> Draft {
        self.all.with(|drafts| drafts.get(&id).cloned()).unwrap_or_default()
    }

    /// Remembers what stands in the composer of a conversation now.
    pub fn keep(&self, id: ConversationId, draft: Draft) {
        if let Some(member) = self.member.try_get_value().flatten() {
            let_tab_keep(member, id, &draft);
        }
        self.all.try_update_untracked(|drafts| {
            if draft == Draft::default() { drafts.remove(&id) } else { drafts.insert(id, draft) }
        });
    }

    /// Gives a conversation back what could not be sent.
    pub fn give_back(&self, id: ConversationId, unsent: Unsent) {
        self.all.update(|drafts| drafts.entry(id).or_default().unsent.push(unsent));
    }
}

/// What a tab calls the texts of a member: this, the conversation, and whether it is a note.
fn key(member: MemberId) -> String {
    format!("biseda_draft {member} ")
}

/// The texts that the tab has kept of a member.
fn kept_by_tab(member: MemberId) -> ByConversation {
    let mut kept = ByConversation::new();
    let Ok(Some(storage)) = window().session_storage() else { return kept };
    for number in 0..storage.length().unwrap_or_default() {
        let Ok(Some(name)) = storage.key(number) else { break };
        let place = name.strip_prefix(&key(member)).and_then(|place| place.split_once(' '));
        if let Some((id, kind)) = place
            && let (Ok(id), Ok(Some(text))) = (id.parse(), storage.get_item(&name))
        {
            let draft = kept.entry(id).or_default();
            *(if kind == "note" { &mut draft.note } else { &mut draft.reply }) = text;
        }
    }
    kept
}

/// Lets the tab keep the texts of a conversation as they are now.
fn let_tab_keep(member: MemberId, id: ConversationId, draft: &Draft) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    for (kind, text) in [("reply", &draft.reply), ("note", &draft.note)] {
        let name = format!("{}{id} {kind}", key(member));
        // One that is full keeps less.
        _ = if text.is_empty() { storage.remove_item(&name) } else { storage.set_item(&name, text) };
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
        let now = || untrack(|| drafts.of(id)).settled(|client_id| client_id == "arrived");
        let give_back = |client_id: &str, is_note, content: &str| {
            let (client_id, content) = (Some(client_id.to_owned()), content.to_owned());
            drafts.give_back(id, Unsent { client_id, is_note, content, attachments: Vec::new() });
        };
        give_back("1", false, "first");
        assert_eq!(now(), Draft { reply: "first".into(), ..Draft::default() });
        drafts.keep(id, now());
        give_back("2", false, "second");
        give_back("arrived", false, "would come twice");
        give_back("3", true, "a note");
        assert_eq!(now(), Draft { reply: "first\nsecond".into(), note: "a note".into(), ..Draft::default() });
        drafts.keep(id, Draft::default());
        assert_eq!(now(), Draft::default());
        assert!(drafts.all.with_untracked(HashMap::is_empty));
    }
}
