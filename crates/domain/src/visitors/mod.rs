//! Visitors: customers' browsers with the widget.
//!
//! A visitor is known by a signed token only. A contact is made with the first message, or when the visitor says who
//! it is; then the visitor's id is one of the contact's identities, and what the visitor may see is that contact's
//! conversations on that channel.

mod contact;
mod conversation;
mod end;
mod identify;
mod passage;
mod request_person;
mod session;
mod set_email;
mod shown;
mod token;

pub use conversation::{conversation, conversation_id, history, mark_read};
pub use end::{end_conversation, restart};
pub use identify::identify;
pub use passage::{PassageSource, passage};
pub use request_person::request_person;
pub use session::start;
pub use set_email::set_email;
pub use token::{Visitor, verify};

pub(crate) use contact::{ensure_contact, find_contact};
pub(crate) use conversation::{check_own, current_or_new};
pub(crate) use shown::browsers_of;

/// What a blocked contact is told.
pub(crate) const BLOCKED: crate::Error =
    crate::Error::Refused("you can no longer write here: the company has blocked this conversation");
