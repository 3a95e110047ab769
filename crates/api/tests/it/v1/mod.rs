//! The REST API.

mod client;
mod conventions;
mod hooks;
mod idempotency;
mod isolation;
mod limits;
mod openapi;
mod story;
mod test_answers;
