//! The program as a process: started, told to stop, killed, run as two halves, and cut off from its database.
//!
//! Each test has a data folder and a Postgres of its own, and listens on free ports of 127.0.0.1.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod attack;
mod backups;
mod commands;
mod halves;
mod kills;
mod outage;
mod pages;
mod refusals;
mod restarts;
mod serve;
mod silence;
mod support;
mod versions;
