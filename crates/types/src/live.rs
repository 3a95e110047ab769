//! What travels over the live sockets of the dashboard (`/live`) and the widget (`/widget/api/live`), as JSON text frames.
//!
//! A frame is an object with one key, its kind: `{"welcome":{"cursor":7}}`, or only its kind: `"ping"`. (A key inside that
//! names the kind would cost the dashboard a second JSON reader, 100 kB of program.)

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    conversation::{ConversationSummary, Owner},
    event::EventName,
    id::{ConversationId, MemberId, MessageId},
    message::Message,
};

/// Close code: the session works for another member by now than the one for whom the page was made.
pub const OTHER_MEMBER: u16 = 4409;

/// From the browser to the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// First frame: `cursor` is the position of the last event seen; `None`: from now on.
    Hello {
        cursor: Option<i64>,
    },
    /// The person is looking at a conversation, or (`None`) at none.
    Viewing {
        conversation_id: Option<ConversationId>,
    },
    /// The person is typing; sent at most every 3 seconds. Widgets leave the id out.
    Typing {
        conversation_id: Option<ConversationId>,
    },
    Ping,
}

/// From the server to the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame<E = LiveEvent, S = Signal> {
    /// Answer to `Hello`: everything after `cursor` follows.
    Welcome {
        cursor: i64,
    },
    /// Too much was missed to send it one by one: load anew, then go on from `cursor`.
    Reload {
        cursor: i64,
    },
    /// Something changed. `position` is the new cursor.
    Event {
        position: i64,
        event: E,
    },
    /// Something of the moment, without a position.
    Signal(S),
    Pong,
}

/// A frame of which only what all screens need is read; [`read`] reads the rest where it is shown. (So the program that
/// every page loads does without the readers of messages and conversations.)
pub type RawFrame = ServerFrame<RawEvent, Box<RawValue>>;
/// The event of a [`RawFrame`].
pub type RawEvent = LiveEvent<Box<RawValue>, Box<RawValue>>;

/// Reads a part of a [`RawFrame`]; `None` when it is of another version.
pub fn read<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

/// A published event, with what screens need to show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveEvent<M = Message, C = ConversationSummary> {
    pub name: EventName,
    pub resource_id: Uuid,
    pub conversation_id: Option<ConversationId>,
    /// The new message, for `message.created`.
    pub message: Option<M>,
    /// The conversation's row as it is now, for events of a conversation. Widgets get none.
    pub conversation: Option<C>,
    /// How far either side has read, for events of a conversation.
    #[serde(default)]
    pub read: Option<ReadMarks>,
}

/// How far either side of a conversation has read: the seq of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMarks {
    pub member_seq: i64,
    pub contact_seq: i64,
}

/// Something of the moment: not stored, may be lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Part of an answer that an agent is writing. `text` is the whole answer so far; `html` the same, safe.
    Draft {
        conversation_id: ConversationId,
        message_id: MessageId,
        epoch: i64,
        text: String,
        html: String,
    },
    /// The draft came to nothing (takeover, failure).
    DraftEnded {
        conversation_id: ConversationId,
        message_id: MessageId,
    },
    /// The agent has begun to think.
    AgentThinking {
        conversation_id: ConversationId,
    },
    ContactTyping {
        conversation_id: ConversationId,
    },
    MemberTyping {
        conversation_id: ConversationId,
        member_id: MemberId,
        name: String,
    },
    /// Who is looking at a conversation now.
    Viewers {
        conversation_id: ConversationId,
        members: Vec<Viewer>,
    },
    /// The conversation's owner changed hands (also an event; here for the widget's head line).
    OwnerChanged {
        conversation_id: ConversationId,
        owner: Owner,
        name: Option<String>,
    },
}

impl Signal {
    /// The conversation that it is about.
    pub fn conversation_id(&self) -> ConversationId {
        match self {
            Self::Draft { conversation_id, .. }
            | Self::DraftEnded { conversation_id, .. }
            | Self::AgentThinking { conversation_id }
            | Self::ContactTyping { conversation_id }
            | Self::MemberTyping { conversation_id, .. }
            | Self::Viewers { conversation_id, .. }
            | Self::OwnerChanged { conversation_id, .. } => *conversation_id,
        }
    }
}

/// A member who looks at a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub member_id: MemberId,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_take_hostile_bytes() {
        const NIL: &str = "00000000-0000-0000-0000-000000000000";
        let examples = [
            r#"{"hello":{"cursor":7}}"#.to_owned(),
            format!(r#"{{"viewing":{{"conversation_id":"{NIL}"}}}}"#),
            r#"{"typing":{"conversation_id":null}}"#.to_owned(),
            r#""ping""#.to_owned(),
            r#"{"welcome":{"cursor":7}}"#.to_owned(),
            format!(
                r#"{{"event":{{"position":8,"event":{{"name":"message.created","resource_id":"{NIL}","conversation_id":null,"message":{{"a":1}}}}}}}}"#
            ),
            format!(r#"{{"signal":{{"draft_ended":{{"conversation_id":"{NIL}","message_id":"{NIL}"}}}}}}"#),
        ];
        let examples: Vec<&str> = examples.iter().map(String::as_str).collect();
        let words = [
            "null",
            "{}",
            "[[",
            "\"cursor\":",
            "-9223372036854775809",
            "1e3",
            "\"pong\"",
            "\"hello\":",
            "\\u0000",
            "}}",
            "{\"event\":",
        ];
        fuzz::text(&examples, &words, |text| {
            // What is read is what would be written: nothing is lost between two readers of one frame.
            if let Ok(frame) = serde_json::from_str::<ClientFrame>(text) {
                let again = serde_json::to_string(&frame).expect("JSON");
                assert_eq!(serde_json::from_str::<ClientFrame>(&again).expect("a frame"), frame);
            }
            if let Ok(frame) = serde_json::from_str::<ServerFrame>(text) {
                let again = serde_json::to_string(&frame).expect("JSON");
                assert_eq!(serde_json::from_str::<ServerFrame>(&again).expect("a frame"), frame);
                assert!(serde_json::from_str::<RawFrame>(text).is_ok(), "the pages' reader takes it too");
            }
            if let Ok(RawFrame::Signal(raw)) = serde_json::from_str(text) {
                let is_known = serde_json::from_str::<ServerFrame>(text).is_ok();
                assert_eq!(read::<Signal>(&raw).is_some(), is_known);
            }
        });
    }
}
