//! Events: what changed, written with the change, and their way to those who follow.

#[cfg(debug_assertions)]
mod described;
mod emit;
mod publisher;

pub use emit::emit;
pub(crate) use emit::emit_of_each;
pub use publisher::{Publisher, publish};
