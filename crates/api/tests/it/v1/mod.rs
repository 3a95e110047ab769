//! The REST API.

mod changes;
pub mod client;
mod conventions;
mod hooks;
mod hostile;
mod idempotency;
mod isolation;
mod limits;
mod mcp;
mod openapi;
mod people;
mod sign_in;
mod story;
mod test_answers;
