//! Conversations: the threads, and who answers next in them.
//!
//! Every verb that changes one locks its row first ([`lock`]), so that the order of commits is the order of what
//! happened. `owner_epoch` rises whenever the right to answer changes hands: a reply begun before is refused.

mod assign;
mod change_tags;
mod close;
mod counts;
mod create;
mod find;
mod hand_back;
mod hand_off;
mod list;
mod load;
mod lock;
mod mark_read;
mod matching;
mod reopen;
mod snooze;
mod start;
mod tags;
mod take_over;
mod update;

pub use assign::assign;
pub(crate) use assign::unassign;
pub use change_tags::change_tags;
pub use close::close;
pub(crate) use close::close_locked;
pub use counts::counts;
pub use create::create;
pub use hand_back::hand_back;
pub(crate) use hand_off::hand_off_locked;
pub use hand_off::{AGENT_UNAVAILABLE, request_hand_off};
pub use list::{COUNT_BOUND, list, walk};
pub(crate) use load::load;
pub use load::{get, summary};
pub(crate) use lock::{Locked, lock};
pub use mark_read::mark_read;
pub use reopen::reopen;
pub(crate) use reopen::reopen_locked;
pub use snooze::{snooze, wake_snoozed};
pub(crate) use start::{Channel, SWITCHED_OFF, start};
pub use tags::tags;
pub use take_over::take_over;
pub(crate) use take_over::take_over_locked;
pub use update::update;
