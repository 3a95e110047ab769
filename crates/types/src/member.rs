//! People's places in an organization: members, invitations, custom roles, teams.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{InvitationId, MemberId, OrganizationId, RoleId, TeamId, UserId},
    organization::OrganizationStatus,
    permission::Permission,
    text_enum::text_enum,
};

text_enum! {
    /// Built-in roles, strongest first.
    Role { Owner = "owner", Admin = "admin", Member = "member" }
}

text_enum! {
    /// Whether a member takes conversations.
    Availability { Online = "online", Away = "away", Offline = "offline" }
}

/// A member as colleagues see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub id: MemberId,
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// The custom role that stands in for [`Role::Member`].
    pub role_id: Option<RoleId>,
    pub role_name: Option<String>,
    pub availability: Availability,
    pub team_id: Option<TeamId>,
    /// Whether sign-in asks for a code after the password.
    pub has_second_factor: bool,
}

/// A role that is given to somebody: built in, or a custom one, which stands in for [`Role::Member`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleChoice {
    pub role: Role,
    pub custom: Option<RoleId>,
}

impl std::fmt::Display for RoleChoice {
    /// The word of a built-in role, or the id of a custom one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.custom {
            Some(id) => id.fmt(f),
            None => self.role.fmt(f),
        }
    }
}

impl std::str::FromStr for RoleChoice {
    type Err = crate::error::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) => Ok(Self { role: Role::Member, custom: Some(id) }),
            Err(_) => text.parse().map(|role| Self { role, custom: None }),
        }
    }
}

/// An invitation that waits to be accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub role_id: Option<RoleId>,
    pub role_name: Option<String>,
    /// Who invited, unless that member has left.
    pub invited_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Whether its time is over, so that it must be sent again.
    pub has_expired: bool,
}

/// What the one who was invited sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenInvitation {
    pub organization: String,
    pub invited_by: Option<String>,
    pub email: String,
    /// Whether the address has an account, so that its password is asked for.
    pub has_account: bool,
}

/// What somebody can do who has proven who they are and belongs to no active organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Openings {
    pub email: String,
    /// Whether the address is known to be the person's own. Invitations that were sent to another are not told of.
    pub email_is_verified: bool,
    /// The one that the person came from stands first.
    pub invitations: Vec<OfferedInvitation>,
    /// Deleted organizations that the person owns and can bring back.
    pub deleted: Vec<Place>,
    /// Whether the person can found one.
    pub may_found: bool,
}

/// An invitation that somebody can accept without its link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferedInvitation {
    pub id: InvitationId,
    pub organization: String,
    pub invited_by: Option<String>,
}

/// A role of the organization's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomRole {
    pub id: RoleId,
    pub name: String,
    pub permissions: Vec<Permission>,
    /// How many members have it.
    pub members: i64,
}

/// A department.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub description: String,
    pub parent_id: Option<TeamId>,
    pub manager_id: Option<MemberId>,
    /// How many members are in it, those of teams below not counted.
    pub members: i64,
}

/// What a team is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamInput {
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub parent_id: Option<TeamId>,
    #[serde(default)]
    pub manager_id: Option<MemberId>,
}

/// A person's place in one of several organizations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub organization_id: OrganizationId,
    pub name: String,
    pub role: Role,
    pub status: OrganizationStatus,
    /// When it will be gone for good, for one that was deleted.
    pub purge_at: Option<DateTime<Utc>>,
    /// Whether the session works in it.
    pub is_current: bool,
}
