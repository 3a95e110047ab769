//! Contacts: the customers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    id::{ChannelId, ContactId},
    text_enum::text_enum,
};

text_enum! {
    /// What an identity's external id is.
    IdentityKind { Visitor = "visitor", User = "user", Email = "email", Phone = "phone", Whatsapp = "whatsapp" }
}

text_enum! {
    /// Orders of the contact list; `-` before it turns it round.
    ContactSort { Recent = "-last_contact_at", Oldest = "last_contact_at", Name = "name", NameDescending = "-name" }
}

/// A contact as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactSummary {
    pub id: ContactId,
    /// Empty if unknown; screens then show the e-mail address, the telephone number, or "Visitor" with the end of the id.
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub company: String,
    pub tags: Vec<String>,
    pub is_vip: bool,
    pub is_blocked: bool,
    pub last_contact_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A contact with everything that is known about them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    #[serde(flatten)]
    pub summary: ContactSummary,
    pub time_zone: Option<String>,
    pub language: Option<String>,
    pub notes: String,
    pub custom_fields: Map<String, Value>,
    pub first_contact_at: Option<DateTime<Utc>>,
    pub conversation_count: i64,
    pub identities: Vec<ContactIdentity>,
}

/// One of a contact's addresses on a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactIdentity {
    pub channel_id: ChannelId,
    pub channel_name: String,
    pub kind: IdentityKind,
    pub external_id: String,
    /// Whether the organization's signature proved the identity.
    pub is_verified: bool,
}

/// A new contact, or changes to one. Fields that are null or omitted stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ContactInput {
    pub name: Option<String>,
    /// An empty string removes it.
    pub email: Option<String>,
    /// An empty string removes it.
    pub phone: Option<String>,
    pub company: Option<String>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    pub notes: Option<String>,
    pub tags: Option<Vec<String>>,
    pub is_vip: Option<bool>,
    pub is_blocked: Option<bool>,
    pub custom_fields: Option<Map<String, Value>>,
}

/// Filter and order of the contact list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct ContactFilter {
    /// Part of the name, e-mail address, telephone number or company.
    pub q: Option<String>,
    pub tag: Option<String>,
    #[cfg_attr(feature = "openapi", param(inline))]
    pub sort: Option<ContactSort>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

/// One entry of a contact's timeline, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// Event name, such as `conversation.created`.
    pub name: String,
    pub resource_id: uuid::Uuid,
    /// What to show beside it: a subject, a preview, a changed field.
    pub summary: String,
    pub created_at: DateTime<Utc>,
}
