//! API keys: how programs sign in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{ApiKeyId, MemberId},
    permission::Permission,
};

/// An API key as members see it. The key itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first characters of the key, to know it by.
    pub prefix: String,
    pub scopes: Vec<Permission>,
    /// The member who made it; empty when that was a program or the member is gone.
    pub created_by: Option<MemberId>,
    pub created_by_name: Option<String>,
    /// Exact to a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Never when empty.
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A new API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateApiKey {
    pub name: String,
    /// What the key may do: at least one, and nothing that its maker may not do.
    pub scopes: Vec<Permission>,
    /// When it ends, within ten years; empty: it does not.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// An API key that was just made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    #[serde(flatten)]
    pub key: ApiKey,
    /// The key itself. It is not kept and cannot be shown again.
    pub token: String,
}
