//! Organizations: the tenants.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{id::OrganizationId, text_enum::text_enum};

text_enum! {
    /// Whether the organization may use the product.
    OrganizationStatus { Active = "active", Suspended = "suspended", Deleted = "deleted" }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub slug: String,
    pub plan: String,
    pub status: OrganizationStatus,
    pub settings: OrganizationSettings,
    pub created_at: DateTime<Utc>,
}

/// The settings of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct OrganizationSettings {
    /// IANA time zone of reports and office hours.
    pub time_zone: String,
    /// Language of the organization's own texts, `en` or `sq`.
    pub locale: String,
    /// Web address of the company.
    pub website: String,
}

impl Default for OrganizationSettings {
    fn default() -> Self {
        Self { time_zone: "UTC".into(), locale: "en".into(), website: String::new() }
    }
}

/// What the operator allows an organization; `None` is no limit. What was never set is as in [`OrganizationLimits::default`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganizationLimits {
    /// Members, with the invitations that are open.
    pub members: Option<i64>,
    /// Conversations that begin in a month (UTC).
    pub conversations_per_month: Option<i64>,
    /// Sources of knowledge.
    pub knowledge_sources: Option<i64>,
    /// Megabytes of files that visitors send within 24 hours; each file counts as a tenth at least.
    pub visitor_megabytes_per_day: Option<i64>,
}

impl Default for OrganizationLimits {
    fn default() -> Self {
        Self {
            members: None,
            conversations_per_month: None,
            knowledge_sources: None,
            // Visitors are strangers, and their files stay as long as their conversations.
            visitor_megabytes_per_day: Some(2048),
        }
    }
}

/// Changes to an organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateOrganization {
    pub name: String,
    pub settings: OrganizationSettings,
}

/// The sign-up of a company: its organization and the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignUp {
    pub organization_name: String,
    pub name: String,
    pub email: String,
    pub password: String,
    /// Language of the interface, `en` or `sq`.
    pub locale: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_limit_that_was_taken_away_is_none() {
        let limit = |json: &str| serde_json::from_str::<OrganizationLimits>(json).unwrap().visitor_megabytes_per_day;
        assert_eq!(limit("{\"members\": 3}"), Some(2048));
        assert_eq!(limit("{\"visitor_megabytes_per_day\": null}"), None);
        assert_eq!(limit("{\"visitor_megabytes_per_day\": 5}"), Some(5));
    }
}
