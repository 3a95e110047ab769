//! The figures of the overview page.

mod checklist;
mod days;
mod get;

pub use get::get;
