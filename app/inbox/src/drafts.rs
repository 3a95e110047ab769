//! What members have begun to write and not sent, by conversation, so that looking elsewhere loses none of it. The tab
//! keeps the texts too, until it is closed or the member signs out.

use std::collections::{HashMap, hash_map::Entry};

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
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
    /// What the server has not confirmed, as far as the browser knows.
    unsent: Vec<Unsent>,
}

/// A message on its way, or one that could not be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsent {
    pub client_id: String,
    pub is_note: bool,
    pub content: String,
    pub attachments: Vec<Attachment>,
    /// Nobody waits for its answer any more; after a reload nobody does.
    #[serde(skip, default = "given_up")]
    pub is_given_up: bool,
}

fn given_up() -> bool {
    true
}

impl Draft {
    /// Puts what was given up into the composer, below what was begun since. A message that has arrived does not come
    /// back: only the answer to it was lost.
    fn take_back(&mut self, has_arrived: impl Fn(&str) -> bool) {
        for message in std::mem::take(&mut self.unsent) {
            if has_arrived(&message.client_id) {
                continue;
            }
            if !message.is_given_up {
                self.unsent.push(message);
                continue;
            }
            append(if message.is_note { &mut self.note } else { &mut self.reply }, &message.content);
            self.attachments.extend(message.attachments);
        }
    }

    /// What the tab has kept, with what was typed below before that came back. What the browser has filled in again
    /// itself is the same text, or that of the note, which stood in the same field.
    fn with_typed(mut self, typed: Self) -> Self {
        if typed.reply != self.reply && typed.reply != self.note {
            append(&mut self.reply, &typed.reply);
        }
        append(&mut self.note, &typed.note);
        self.attachments.extend(typed.attachments);
        self.unsent.extend(typed.unsent);
        self
    }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
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
        if self.member.try_get_value() != Some(None) {
            return;
        }
        self.member.set_value(Some(member));
        self.add(kept_by_tab(member));
    }

    fn add(&self, kept: ByConversation) {
        self.all.update(|all| {
            for (id, draft) in kept {
                match all.entry(id) {
                    Entry::Vacant(place) => _ = place.insert(draft),
                    Entry::Occupied(mut place) => {
                        let typed = std::mem::take(place.get_mut());
                        place.insert(draft.with_typed(typed));
                    }
                }
            }
        });
    }

    /// What is to stand in the composer of a conversation, with what was given up. Followed, it tells of what comes back,
    /// not of what is kept.
    pub fn take(&self, id: ConversationId, has_arrived: impl Fn(&str) -> bool) -> Draft {
        self.all.track();
        let mut taken = Draft::default();
        self.change(id, |draft| {
            draft.take_back(has_arrived);
            taken = draft.clone();
        });
        taken
    }

    /// Remembers what stands in the composer of a conversation now.
    pub fn keep(&self, id: ConversationId, reply: String, note: String, attachments: Vec<Attachment>) {
        self.change(id, |draft| {
            let unsent = std::mem::take(&mut draft.unsent);
            *draft = Draft { reply, note, attachments, unsent };
        });
    }

    /// Remembers a message that goes on its way.
    pub fn hold(&self, id: ConversationId, message: Unsent) {
        self.change(id, |draft| draft.unsent.push(message));
    }

    /// Forgets a message that has arrived, or is not to arrive any more.
    pub fn release(&self, id: ConversationId, client_id: &str) {
        let is_own = |message: &Unsent| message.client_id == client_id;
        let holds =
            self.all.try_with_untracked(|all| all.get(&id).is_some_and(|draft| draft.unsent.iter().any(is_own)));
        if holds == Some(true) {
            self.change(id, |draft| draft.unsent.retain(|message| !is_own(message)));
        }
    }

    /// Gives the conversation's composer back what could not be sent.
    pub fn give_back(&self, id: ConversationId, client_id: &str) {
        self.change(id, |draft| {
            for message in draft.unsent.iter_mut().filter(|message| message.client_id == client_id) {
                message.is_given_up = true;
            }
        });
        self.all.notify();
    }

    /// Adds a file that nobody waited for.
    pub fn add_file(&self, id: ConversationId, file: Attachment) {
        self.change(id, |draft| draft.attachments.push(file));
        self.all.notify();
    }

    /// Changes a draft here and in the tab, which tells nobody.
    fn change(&self, id: ConversationId, change: impl FnOnce(&mut Draft)) {
        self.all.try_update_untracked(|drafts| {
            let draft = drafts.entry(id).or_default();
            change(draft);
            if let Some(member) = self.member.try_get_value().flatten() {
                let_tab_keep(member, id, draft);
            }
            if *draft == Draft::default() {
                drafts.remove(&id);
            }
        });
    }
}

/// What a tab calls the drafts of a member: this, the conversation, and what it is: `reply`, `note`, `unsent`.
fn key(member: MemberId) -> String {
    format!("biseda_draft {member} ")
}

/// What the tab has kept of a member.
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
            match kind {
                "reply" => draft.reply = text,
                "note" => draft.note = text,
                _ => draft.unsent = serde_json::from_str(&text).unwrap_or_default(),
            }
        }
    }
    kept
}

/// Lets the tab keep what of a conversation is not sent now. Of files, only those that go with a message.
fn let_tab_keep(member: MemberId, id: ConversationId, draft: &Draft) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    let unsent = match draft.unsent.is_empty() {
        true => String::new(),
        false => serde_json::to_string(&draft.unsent).unwrap_or_default(),
    };
    for (kind, text) in [("reply", &draft.reply), ("note", &draft.note), ("unsent", &unsent)] {
        let name = format!("{}{id} {kind}", key(member));
        // One that is full keeps less.
        _ = if text.is_empty() { storage.remove_item(&name) } else { storage.set_item(&name, text) };
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ID: ConversationId = ConversationId(Uuid::nil());

    fn texts(reply: &str, note: &str) -> Draft {
        Draft { reply: reply.into(), note: note.into(), ..Draft::default() }
    }

    fn unsent(client_id: &str, is_note: bool, content: &str) -> Unsent {
        let (client_id, content) = (client_id.to_owned(), content.to_owned());
        Unsent { client_id, is_note, content, attachments: Vec::new(), is_given_up: false }
    }

    #[test]
    fn what_comes_back_takes_nothing_from_what_was_begun_since() {
        let owner = Owner::new();
        owner.set();
        let drafts = Drafts::new();
        let now = || untrack(|| drafts.take(ID, |client_id| client_id == "arrived"));
        let give_back = |client_id: &str, is_note, content: &str| {
            drafts.hold(ID, unsent(client_id, is_note, content));
            drafts.give_back(ID, client_id);
        };
        give_back("1", false, "first");
        assert_eq!(now(), texts("first", ""));
        assert_eq!(now(), texts("first", ""), "once");
        give_back("2", false, "second");
        give_back("arrived", false, "would come twice");
        give_back("3", true, "a note");
        assert_eq!(now(), texts("first\nsecond", "a note"));
        drafts.keep(ID, String::new(), String::new(), Vec::new());
        assert_eq!(now(), Draft::default());
        assert!(drafts.all.with_untracked(HashMap::is_empty));
    }

    #[test]
    fn what_is_on_its_way_is_kept_until_it_arrives_or_is_given_up() {
        let owner = Owner::new();
        owner.set();
        let drafts = Drafts::new();
        let sent = ["1", "2"].map(|client_id| unsent(client_id, false, "sent"));
        sent.iter().for_each(|message| drafts.hold(ID, message.clone()));
        drafts.keep(ID, "begun".into(), String::new(), Vec::new());
        let now = || untrack(|| drafts.take(ID, |_| false));
        assert_eq!((now().reply.as_str(), now().unsent.len()), ("begun", 2));
        drafts.release(ID, "1");
        // As the tab has it, and a reload brings it back.
        let kept = serde_json::to_string(&now().unsent).expect("JSON");
        let kept = Draft { unsent: serde_json::from_str(&kept).expect("the same"), ..texts("begun", "") };
        let after = Drafts::new();
        after.add(HashMap::from([(ID, kept)]));
        assert_eq!(untrack(|| after.take(ID, |_| false)), texts("begun\nsent", ""));
    }

    #[test]
    fn what_is_typed_early_goes_below_what_the_tab_has_kept() {
        let owner = Owner::new();
        owner.set();
        for (typed, reply) in [("", "kept"), ("ok", "kept\nok"), ("kept", "kept"), ("to colleagues", "kept")] {
            let drafts = Drafts::new();
            drafts.keep(ID, typed.into(), String::new(), Vec::new());
            drafts.add(HashMap::from([(ID, texts("kept", "to colleagues"))]));
            assert_eq!(untrack(|| drafts.take(ID, |_| false)), texts(reply, "to colleagues"), "{typed:?}");
        }
    }
}
