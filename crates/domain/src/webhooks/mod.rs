//! Webhooks: an organization's events, sent to the endpoints that subscribed to them, as Standard Webhooks writes
//! (<https://www.standardwebhooks.com>).
//!
//! The publisher turns events into deliveries in the transaction that publishes them ([`collect`]). Each subscription
//! has a lane, and a [`Dispatcher`] works through the lanes that are due side by side, so that a dead or slow endpoint
//! delays nobody else's deliveries. A delivery is sent at least once, always under the same id.

mod claim;
mod collect;
mod create;
mod delete;
mod deliveries;
mod dispatcher;
mod get;
mod input;
mod lane;
mod list;
mod outcome;
mod record;
mod replay;
mod rotate_secret;
mod send;
mod send_test;
mod signature;
mod sweep;
mod update;

pub(crate) use collect::collect;
pub use create::create;
pub use delete::delete;
pub use deliveries::{deliveries, delivery};
pub use dispatcher::{Dispatcher, dispatch_due};
pub use get::get;
pub use list::list;
pub use replay::{replay, replay_range};
pub use rotate_secret::rotate_secret;
pub use send_test::send_test;
pub(crate) use sweep::sweep;
pub use update::update;
