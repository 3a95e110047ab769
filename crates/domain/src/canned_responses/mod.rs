//! Canned answers that members insert with `/` and a shortcut.

mod create;
mod delete;
mod list;
mod update;

pub use create::create;
pub use delete::delete;
pub use list::list;
pub use update::update;

use types::error::FieldRule;

use crate::{Error, Result, validate::Check};

/// Shortcut and content as they are stored.
fn check(shortcut: &str, content: &str) -> Result<(String, String)> {
    let mut check = Check::default();
    let shortcut = shortcut.trim().trim_start_matches('/').to_lowercase();
    let shaped = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if !(1..=40).contains(&shortcut.len()) || !shortcut.chars().all(shaped) {
        check.rule("shortcut", FieldRule::Shortcut);
    }
    let content = check.text("content", content, 1..=5000);
    check.finish()?;
    Ok((shortcut, content))
}

/// The shortcut stands in for the content, so an organization has each once.
fn taken() -> Error {
    Error::rule("shortcut", FieldRule::Taken)
}
