//! The database: pools, the tenant transaction, migrations, the embedded server, and test databases.
//!
//! Only two types reach Postgres. [`Cx`] is a transaction of one organization: row-level security shows it that
//! organization's rows and no others. [`SystemPool`] sees global and queue tables only; sign-in, platform admin,
//! dispatchers and migrations may name it.

pub mod actor;
mod client;
mod clock;
mod cx;
pub mod embedded;
pub mod files;
pub mod hooks;
pub mod migrate;
mod pool;
pub mod queue;
mod role;
pub mod tables;
#[cfg(feature = "testing")]
pub mod testing;

pub use actor::Actor;
pub use client::ClientInfo;
pub use clock::{Clock, DatabaseClock, SystemClock};
pub use cx::{Cx, first_id};
pub use pool::{Db, SystemPool};
pub use role::Role;
pub use sqlx;
