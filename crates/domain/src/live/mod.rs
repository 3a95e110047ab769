//! Live updates: what one commit changed, on its way to the browsers that look at it.
//!
//! A verb writes its event, [`Services::commit`](crate::Services::commit) wakes the publisher of
//! [`events`](crate::events), which gives the event its position; each node then fetches it once, adds what screens
//! need, and hands it to its [`Subscription`]s. What is of the moment (typing, drafts, presence) skips the database
//! and travels as [`Signal`](types::live::Signal).

mod bus;
mod node;
mod presence;
mod subscription;

pub use bus::{Bus, Passing, Published, Update};
pub use subscription::Subscription;
