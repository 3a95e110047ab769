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
    pub unsent: Vec<Unsent>,
}

/// A message on its way, or one that could not be sent. It keeps its id, under which it arrives once, however often it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsent {
    pub client_id: String,
    pub is_note: bool,
    pub content: String,
    pub attachments: Vec<Attachment>,
    /// Why it was not sent, in words; none while its answer is awaited.
    #[serde(skip)]
    pub failure: Option<String>,
}

impl Draft {
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

    /// Brings back what the tab has kept of the member, once. Of messages that were on their way, `failure` is what is known
    /// now: nobody waits for their answers any more.
    pub fn bring_back(&self, member: MemberId, failure: &str) {
        if self.member.try_get_value() != Some(None) {
            return;
        }
        self.member.set_value(Some(member));
        let mut kept = kept_by_tab(member);
        for message in kept.values_mut().flat_map(|draft| &mut draft.unsent) {
            message.failure = Some(failure.to_owned());
        }
        self.add(kept);
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

    /// What was begun in a conversation, without messages that have arrived: only the answers to them were lost. Followed, it
    /// tells of what comes back, not of what is kept.
    pub fn take(&self, id: ConversationId, has_arrived: impl Fn(&str) -> bool) -> Draft {
        self.all.track();
        let mut taken = Draft::default();
        self.change(id, |draft| {
            draft.unsent.retain(|message| !has_arrived(&message.client_id));
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

    /// Remembers a message that goes on its way, maybe again.
    pub fn hold(&self, id: ConversationId, message: Unsent) {
        self.change(id, |draft| match draft.unsent.iter_mut().find(|held| held.client_id == message.client_id) {
            Some(held) => *held = message,
            None => draft.unsent.push(message),
        });
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

    /// Says of a message why it was not sent.
    pub fn fail(&self, id: ConversationId, client_id: &str, failure: String) {
        self.change(id, |draft| {
            if let Some(message) = draft.unsent.iter_mut().find(|message| message.client_id == client_id) {
                message.failure = Some(failure);
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
        Unsent { client_id, is_note, content, attachments: Vec::new(), failure: None }
    }

    #[test]
    fn a_message_is_kept_until_it_arrives_or_is_discarded() {
        let owner = Owner::new();
        owner.set();
        let drafts = Drafts::new();
        for client_id in ["1", "arrived", "discarded"] {
            drafts.hold(ID, unsent(client_id, false, "sent"));
        }
        drafts.keep(ID, "begun".into(), String::new(), Vec::new());
        drafts.release(ID, "discarded");
        let now = || untrack(|| drafts.take(ID, |client_id| client_id == "arrived"));
        assert_eq!(now(), Draft { unsent: vec![unsent("1", false, "sent")], ..texts("begun", "") });
        drafts.fail(ID, "1", "no connection".into());
        let failed = Unsent { failure: Some("no connection".into()), ..unsent("1", false, "sent") };
        assert_eq!(now().unsent, [failed]);
        drafts.hold(ID, unsent("1", false, "sent"));
        assert_eq!(now().unsent, [unsent("1", false, "sent")], "sent again, under the same id");
        // As the tab has it, and a reload brings it back.
        let kept = serde_json::to_string(&now().unsent).expect("JSON");
        assert_eq!(serde_json::from_str::<Vec<Unsent>>(&kept).expect("the same"), now().unsent);
        drafts.release(ID, "1");
        drafts.keep(ID, String::new(), String::new(), Vec::new());
        assert!(drafts.all.with_untracked(HashMap::is_empty));
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
