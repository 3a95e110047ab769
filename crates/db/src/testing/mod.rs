//! What integration tests need: a migrated database, organizations in it, and a clock that can be moved.
//!
//! One Postgres serves all tests of a checkout. Whichever test process comes first starts it under
//! `target/test-postgres` and leaves it running; `TEST_DATABASE_URL` (a superuser's) names another. All tests
//! share one migrated database, each works in organizations of its own, and all connect as the program's role.

mod clock;
mod database;
mod organization;

pub use clock::ManualClock;
pub use database::{database, database_with_clock, on_one_connection, own_database, owner_url};
pub use organization::{Organization, member, organization};
