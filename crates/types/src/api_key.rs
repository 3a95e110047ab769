//! API keys: how programs sign in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{ApiKeyId, MemberId},
    permission::Permission,
};

/// An API key without the key itself, which is shown only once, when it is created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first characters of the key, by which to recognize it.
    pub prefix: String,
    pub scopes: Vec<Permission>,
    /// The member who created the key; null if a program did or the member has left.
    pub created_by: Option<MemberId>,
    pub created_by_name: Option<String>,
    /// When the key was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When the key expires; null if never.
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A new API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateApiKey {
    pub name: String,
    /// What the key may do: at least one permission, and none that its creator lacks.
    pub scopes: Vec<Permission>,
    /// When the key expires, within ten years; null if never.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A newly created API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    #[serde(flatten)]
    pub key: ApiKey,
    /// The key itself. It is not stored and cannot be shown again.
    pub token: String,
}
