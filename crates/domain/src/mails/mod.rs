//! Mails of the product itself: invitations, new passwords, confirmations of addresses, security notices.
//!
//! A verb writes its mail into the queue in its own transaction ([`queue`]); a job hands it to the mail server
//! afterwards. Without a mail server they stay in the table, where platform admins can read them.

mod letter;
mod list;
mod mailer;
mod queue;
mod send;
mod sweep;

pub(crate) use letter::Letter;
pub use list::{get, list, resend};
pub use mailer::Mailer;
pub(crate) use queue::{Outgoing, queue};
pub(crate) use send::{give_up, send};
pub(crate) use sweep::sweep;
