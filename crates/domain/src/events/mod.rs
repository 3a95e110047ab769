//! Events: what changed, written with the change, and their way to those who follow.

mod emit;
mod publisher;

pub use emit::emit;
pub use publisher::{Publisher, publish};
