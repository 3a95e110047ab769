//! Archives against a real Postgres: what comes back, what is refused, what an export holds.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod damage;
mod exports;
mod hostile;
mod refusals;
mod restores;
mod world;
