//! The HTTP client for addresses that users, pages and operators name.
//!
//! Every address is checked where the connection is made: names are resolved here and only permitted addresses are
//! handed to the connector, so a name that changes its answer between check and use gains nothing.

mod address;
mod client;
mod error;
mod get;
#[cfg(test)]
mod rebinding;
mod robots;

pub use address::{is_public, parse_networks};
pub use client::{Client, Policy};
pub use error::{Error, Result};
pub use get::{Fetched, Get};
pub use ipnet::IpNet;
pub use reqwest;
pub use robots::Robots;
pub use url::Url;
