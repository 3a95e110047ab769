//! Events: what changed, written with the change, and their way to those who follow.

#[cfg(debug_assertions)]
mod described;
mod emit;
mod publisher;
mod sweep;

pub use emit::emit;
pub(crate) use emit::emit_of_each;
pub(crate) use publisher::drain;
pub use publisher::{Publisher, publish};
pub(crate) use sweep::sweep;
