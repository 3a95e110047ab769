//! Messages: the entries of a conversation.
//!
//! A message is written under its conversation's lock, where it gets the next `seq`; so the order of commits is the
//! order of `seq`, and a client id is looked up and used without a race.

mod agent_reply;
mod append;
mod for_visitor;
mod list;
mod load;
mod receive;
mod send;

pub use agent_reply::{AgentReply, write_agent_reply};
pub(crate) use append::append_line;
pub(crate) use for_visitor::{first_name, for_visitor};
pub use list::{after, list};
pub(crate) use list::{get, newest};
pub(crate) use load::load;
pub use receive::receive;
pub use send::send;
