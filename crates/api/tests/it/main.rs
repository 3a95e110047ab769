//! The endpoints as browsers see them: the whole router over a real Postgres, one story per test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attack;
mod conversation;
mod csrf;
mod exports;
mod files;
mod identity;
mod live;
mod page;
mod retry;
mod support;
mod v1;
