//! People as operators see them, and operators at work as one of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::OrganizationRow;
use crate::{id::UserId, text_enum::text_enum};

/// A user in the operators' list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Whether the user may sign in; an operator locks and unlocks.
    pub is_active: bool,
    pub is_platform_admin: bool,
    pub has_second_factor: bool,
    pub email_is_verified: bool,
    pub organizations: i64,
    pub sessions: i64,
    pub last_login_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

text_enum! {
    /// Which users to list.
    UserState {
        Active = "active",
        Locked = "locked",
        PlatformAdmin = "platform_admin",
    }
}

/// Which users to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserFilter {
    /// A part of the name or the address, or the whole id.
    pub q: String,
    pub state: Option<UserState>,
    pub page: Option<i64>,
}

/// A user with the organizations that the person belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserDetail {
    pub row: UserRow,
    pub organizations: Vec<OrganizationRow>,
}

/// An operator at work as a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impersonation {
    /// The operator.
    pub admin_id: UserId,
    pub admin_name: String,
    pub user_name: String,
    pub reason: String,
    pub expires_at: DateTime<Utc>,
}
