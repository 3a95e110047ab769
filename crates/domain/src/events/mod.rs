//! Events: what changed, written with the change, and their way to those who follow.

mod emit;

pub use emit::emit;
