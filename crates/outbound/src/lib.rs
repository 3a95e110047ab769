//! The HTTP client for addresses that users and pages name.

/// Guarded client.
#[derive(Clone)]
pub struct Client;
