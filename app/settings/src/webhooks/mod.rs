//! `/app/settings/webhooks`: where events are sent, and how that went.

mod deliveries;
mod fields;
mod list;
mod page;
mod rpc;

pub use list::{NewWebhookPage, WebhooksPage};
pub use page::WebhookPage;
