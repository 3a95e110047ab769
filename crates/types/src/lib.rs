//! The shapes that the server, the dashboard and the widget's endpoints share: ids, enums, inputs and outputs.
//!
//! Nothing here does input or output, and everything builds for `wasm32-unknown-unknown`.

pub mod agent;
pub mod answer;
pub mod api_key;
pub mod attachment;
pub mod audit;
pub mod channel;
pub mod color;
pub mod contact;
pub mod conversation;
pub mod error;
pub mod event;
pub mod id;
pub mod knowledge;
pub mod live;
pub mod mail;
pub mod member;
pub mod message;
pub mod organization;
pub mod overview;
pub mod page;
pub mod permission;
pub mod platform;
pub mod reason;
mod text_enum;
pub mod user;
pub mod webhook;
pub mod widget;
