//! Every capability of the product: its rules, its permissions and its SQL.
//!
//! A verb is a function of a noun's module: `conversations::close(cx, id)`. REST handlers, server functions, jobs
//! and agents all call it, so they cannot disagree. A verb that needs more than the database takes [`Services`].

pub mod accounts;
pub mod agents;
pub mod answers;
pub mod api_keys;
pub mod attachments;
pub mod audit;
pub mod canned_responses;
pub mod channels;
pub mod contacts;
pub mod conversations;
mod crypto;
pub mod deadlock;
mod error;
pub mod events;
mod files;
mod hold;
pub mod idempotency;
pub mod invitations;
pub mod jobs;
pub mod knowledge;
pub mod live;
pub mod mails;
pub mod members;
pub mod messages;
pub mod organizations;
pub mod overview;
pub mod platform;
pub mod roles;
mod services;
mod shown;
pub mod teams;
pub mod upkeep;
mod validate;
pub mod visitors;
pub mod webhooks;

pub use crypto::{SecretKey, Token};
pub use db::{Actor, Cx, Db};
pub use error::{Error, Result};
pub use hold::{Held, hold};
pub use services::{Services, Settings};
pub use shown::check_shown;
