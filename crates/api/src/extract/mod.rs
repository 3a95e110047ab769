//! Who asks, and what was sent, taken out of a request.

mod bearer;
mod client_ip;
mod json;
mod member;
mod visitor;

pub use bearer::bearer;
pub use client_ip::ClientIp;
pub(crate) use json::ApiJson;
pub(crate) use member::Member;
pub use member::session_token;
pub(crate) use visitor::VisitorAuth;
