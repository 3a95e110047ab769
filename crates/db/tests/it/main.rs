#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod catalog;
mod clock;
mod embedded;
mod reason_codes;
mod tenancy;
