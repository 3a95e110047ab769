//! The messages on the screen, each with its own signal: a new one draws itself and nothing else.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use types::{id::MessageId, message::Message};

/// The place of a message that the server has not numbered yet: after all others.
pub const UNSENT: i64 = i64::MAX;

/// How far a message of this browser has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// The server has it.
    Done,
    /// On its way.
    Pending,
    /// It did not arrive, for this reason in words.
    Failed(String),
}

/// What a message is known by: the browser's own id where it has one, so that a message keeps its place when the server
/// answers. Browsers choose theirs freely; none passes for the server's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Client(String),
    Server(MessageId),
}

impl Key {
    fn is_client(&self, client_id: &str) -> bool {
        matches!(self, Self::Client(own) if own == client_id)
    }
}

/// A message on the screen.
#[derive(Clone)]
pub struct Entry {
    pub key: Key,
    pub message: ArcRwSignal<Message>,
    pub sending: ArcRwSignal<Sending>,
}

impl Entry {
    fn new(message: Message, sending: Sending) -> Self {
        let key = message.client_id.clone().map_or(Key::Server(message.id), Key::Client);
        Self { key, message: ArcRwSignal::new(message), sending: ArcRwSignal::new(sending) }
    }

    fn seq(&self) -> i64 {
        self.message.with_untracked(|message| message.seq)
    }

    /// When it was written.
    pub fn created_at(&self) -> DateTime<Utc> {
        self.message.with_untracked(|message| message.created_at)
    }
}

/// The messages on the screen, in order.
#[derive(Clone, Copy)]
pub struct Entries(RwSignal<Vec<Entry>>);

impl Entries {
    /// What the server gave at first.
    pub fn new(messages: Vec<Message>) -> Self {
        let entries = messages.into_iter().map(|message| Entry::new(message, Sending::Done)).collect();
        Self(RwSignal::new(entries))
    }

    /// The entries; followed.
    pub fn list(&self) -> Vec<Entry> {
        self.0.get()
    }

    /// Number of the newest message that the server has; 0 when there is none.
    pub fn last_seq(&self) -> i64 {
        self.0.with_untracked(|list| list.iter().map(Entry::seq).filter(|seq| *seq != UNSENT).max().unwrap_or_default())
    }

    /// Number of the oldest message on the screen; none once the thread is left.
    pub fn first_seq(&self) -> Option<i64> {
        self.0.try_with(|list| list.first().map(Entry::seq).filter(|seq| *seq != UNSENT)).flatten()
    }

    /// Takes in messages of the server: known ones (by id, or by the browser's id) are renewed, others find their
    /// place. Nothing appears twice, in whatever order things arrive.
    pub fn merge(&self, messages: impl IntoIterator<Item = Message>) {
        let messages: Vec<_> = messages.into_iter().collect();
        self.0.maybe_update(|list| {
            let mut has_moved = false;
            for message in messages {
                has_moved |= merge(list, message);
            }
            has_moved
        });
    }

    /// Shows a message that the server has not confirmed, and how far it has come.
    pub fn show_unsent(&self, message: Message, sending: Sending) {
        self.0.maybe_update(|list| {
            let shown = Entry::new(message, sending.clone());
            let Some(entry) = list.iter().find(|entry| entry.key == shown.key) else {
                list.push(shown);
                return true;
            };
            if entry.seq() == UNSENT && entry.sending.with_untracked(|known| *known != sending) {
                entry.sending.set(sending);
            }
            false
        });
    }

    /// Whether the server has a message of this browser, as far as is known here.
    pub fn has_arrived(&self, client_id: &str) -> bool {
        self.0.with_untracked(|list| list.iter().any(|entry| entry.key.is_client(client_id) && entry.seq() != UNSENT))
    }

    /// Takes a message off the screen that never arrived.
    pub fn discard(&self, client_id: &str) {
        self.0.update(|list| list.retain(|entry| !entry.key.is_client(client_id) || entry.seq() != UNSENT));
    }

    /// The messages after a number, for which the test holds.
    pub fn after(&self, seq: i64, test: impl Fn(&Message) -> bool) -> Vec<Message> {
        self.0.with_untracked(|list| {
            let known = list.iter().filter(|entry| (seq + 1..UNSENT).contains(&entry.seq()));
            known.map(|entry| entry.message.get_untracked()).filter(|message| test(message)).collect()
        })
    }
}

/// Gives whether an entry was added or moved.
fn merge(list: &mut Vec<Entry>, message: Message) -> bool {
    let client_id = message.client_id.as_deref();
    let is_same = |entry: &Entry| {
        client_id.is_some_and(|own| entry.key.is_client(own))
            || entry.message.with_untracked(|known| known.id == message.id)
    };
    let known = list.iter().position(is_same);
    if let Some(at) = known {
        let entry = list[at].clone();
        let was_unsent = entry.seq() == UNSENT;
        entry.sending.set(Sending::Done);
        if entry.message.with_untracked(|known| *known != message) {
            entry.message.set(message);
        }
        if !was_unsent {
            return false;
        }
        list.remove(at);
        insert(list, entry);
        return true;
    }
    insert(list, Entry::new(message, Sending::Done));
    true
}

fn insert(list: &mut Vec<Entry>, entry: Entry) {
    let seq = entry.seq();
    let at = list.iter().rposition(|other| other.seq() <= seq).map_or(0, |at| at + 1);
    list.insert(at, entry);
}

#[cfg(test)]
pub mod tests {
    use types::{id::*, message::*};
    use uuid::Uuid;

    use super::*;

    pub fn message(seq: i64, client_id: Option<&str>) -> Message {
        Message {
            id: MessageId(Uuid::from_u128(seq as u128)),
            conversation_id: ConversationId(Uuid::nil()),
            seq,
            direction: Direction::Outbound,
            role: MessageRole::Assistant,
            author_type: AuthorType::Member,
            author_id: None,
            author_name: String::new(),
            content: String::new(),
            html: String::new(),
            content_type: ContentType::Text,
            is_note: false,
            delivery_state: DeliveryState::Sent,
            failure_reason: None,
            citations: Vec::new(),
            attachments: Vec::new(),
            client_id: client_id.map(str::to_owned),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn seqs(list: &[Entry]) -> Vec<i64> {
        list.iter().map(Entry::seq).collect()
    }

    #[test]
    fn nothing_appears_twice() {
        let mut list = Vec::new();
        for seq in [3, 1, 2, 3, 1] {
            merge(&mut list, message(seq, None));
        }
        assert_eq!(seqs(&list), [1, 2, 3]);
    }

    #[test]
    fn an_id_that_a_browser_chose_is_not_the_servers() {
        let mut list = Vec::new();
        let forged = message(1, None).id.to_string();
        for message in [message(1, None), message(2, Some(&forged)), message(1, None)] {
            merge(&mut list, message);
        }
        assert_eq!(seqs(&list), [1, 2]);
        assert_ne!(list[0].key, list[1].key);
    }

    #[test]
    fn an_unsent_message_becomes_the_servers() {
        let mut list = vec![Entry::new(message(1, None), Sending::Done)];
        list.push(Entry::new(message(UNSENT, Some("a")), Sending::Pending));
        list.push(Entry::new(message(UNSENT, Some("b")), Sending::Pending));
        // The customer's message came in between, and the answers in the other order.
        merge(&mut list, message(2, None));
        merge(&mut list, message(4, Some("b")));
        assert_eq!(seqs(&list), [1, 2, 4, UNSENT]);
        merge(&mut list, message(3, Some("a")));
        merge(&mut list, message(3, Some("a")));
        assert_eq!(seqs(&list), [1, 2, 3, 4]);
        assert_eq!(list.iter().filter(|entry| entry.key.is_client("a")).count(), 1);
        assert_eq!(list[2].sending.get_untracked(), Sending::Done);
    }
}
