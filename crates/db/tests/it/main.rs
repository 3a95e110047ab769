#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod catalog;
mod clock;
mod embedded;
mod embedding_dimensions;
mod reason_codes;
mod tenancy;
