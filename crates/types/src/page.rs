//! Bounded lists.

use serde::{Deserialize, Serialize};

/// The largest `limit` that any list accepts.
pub const MAX_LIMIT: i64 = 100;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// How many rows match in all, counted up to a bound that the list names.
    pub total: i64,
    /// Number of this page, from 1.
    pub page: i64,
    /// Rows per page.
    pub limit: i64,
}

impl<T> Page<T> {
    /// How many pages there are, at least one.
    pub fn pages(&self) -> i64 {
        ((self.total + self.limit - 1) / self.limit.max(1)).max(1)
    }
}

/// Clamps a page number and a limit from a URL into what a list accepts, and gives `(page, limit, offset)`.
pub fn clamp(page: Option<i64>, limit: Option<i64>) -> (i64, i64, i64) {
    let limit = limit.unwrap_or(25).clamp(1, MAX_LIMIT);
    let page = page.unwrap_or(1).clamp(1, 10_000);
    (page, limit, (page - 1) * limit)
}
