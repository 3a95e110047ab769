//! People and their sign-in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{MemberId, PasskeyId, SessionId, UserId},
    member::Role,
    organization::Organization,
    permission::Permissions,
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
    /// What the role, or the custom role, allows.
    pub permissions: Permissions,
    pub is_platform_admin: bool,
    pub organization: Organization,
}

/// Changes to the caller's own profile. Fields that are null or omitted stay as they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct UpdateProfile {
    pub name: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub id: SessionId,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// Whether this is the session that makes the request.
    pub is_current: bool,
}

/// How a person's sign-in is secured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Security {
    pub email_is_verified: bool,
    /// Whether the password alone does not sign the person in: there is an authenticator app or a passkey.
    pub has_second_factor: bool,
    /// Whether codes of an authenticator app are taken.
    pub has_app: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes: usize,
    /// The oldest first.
    pub passkeys: Vec<Passkey>,
}

/// A key on one of a person's devices that signs the person in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What the second step of signing in takes from a person; recovery codes always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStepWays {
    pub app: bool,
    pub passkey: bool,
}

/// A second factor that is being set up: what goes into an authenticator app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecondFactorSetup {
    /// The secret in base32, for typing.
    pub secret: String,
    /// The same as an `otpauth://` address.
    pub url: String,
    /// The address as a QR code: an SVG path over a square of [`SecondFactorSetup::qr_size`] units.
    pub qr_path: String,
    pub qr_size: i32,
}
