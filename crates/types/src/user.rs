//! People and their sign-in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{MemberId, SessionId, UserId},
    member::Role,
    organization::Organization,
};

/// The person who is signed in, and the organization that the session works in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Me {
    pub user_id: UserId,
    pub member_id: MemberId,
    pub name: String,
    pub email: String,
    pub locale: String,
    pub time_zone: String,
    pub role: Role,
    pub is_platform_admin: bool,
    pub organization: Organization,
}

/// Changes to one's own profile.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UpdateProfile {
    pub name: String,
    pub locale: String,
    pub time_zone: String,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_current: bool,
}
