//! The program and its database.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A statement that took much time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlowQuery {
    pub query: String,
    pub calls: i64,
    pub mean_ms: f64,
    pub total_ms: f64,
}

/// A table and its size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableSize {
    pub name: String,
    /// With indexes.
    pub bytes: i64,
    /// As the database estimates.
    pub rows: i64,
}

/// A step of the schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Migration {
    pub version: i64,
    pub name: String,
    pub installed_at: DateTime<Utc>,
}

/// Program and database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct System {
    pub version: String,
    pub database_version: String,
    pub database_bytes: i64,
    pub connections: i64,
    pub active_connections: i64,
    pub max_connections: i64,
    /// The longest that a statement runs now, in seconds.
    pub longest_seconds: Option<f64>,
    /// The largest twelve.
    pub tables: Vec<TableSize>,
    pub migrations: Vec<Migration>,
    /// Steps of the schema that this program knows and the database has not seen.
    pub pending_migrations: i64,
    /// `None`: the database does not count statements (`pg_stat_statements`).
    pub slow_queries: Option<Vec<SlowQuery>>,
}
