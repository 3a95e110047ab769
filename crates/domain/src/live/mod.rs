//! Live updates: what one commit changed, on its way to the browsers that look at it.
//!
//! A verb writes its event, [`Services::commit`](crate::Services::commit) wakes the publisher of
//! [`events`](crate::events), which gives the event its position; each node then fetches it once, adds what screens
//! need, and hands it to its [`Subscription`]s. What is of the moment (typing, drafts, presence) skips the database
//! and travels as [`Signal`](types::live::Signal).
//!
//! A socket subscribes first, then asks [`missed`] for what came since the browser's cursor, sends that, and then passes
//! on what [`Subscription::recv`] gives, leaving out events at or before the cursor that it has reached.

mod audience;
mod bus;
mod deliver;
mod enrich;
mod missed;
mod node;
mod presence;
mod run;
mod subscription;
mod topics;
mod update;

pub use audience::is_told;
pub use bus::Bus;
pub use missed::{Missed, cursor, missed, missed_by_visitor};
pub(crate) use run::published_payloads;
pub use run::run;
pub use subscription::Subscription;
pub use update::{Passing, Published, Update};
