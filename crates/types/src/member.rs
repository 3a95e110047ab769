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

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub id: MemberId,
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// The custom role that replaces the role `member`.
    pub role_id: Option<RoleId>,
    pub role_name: Option<String>,
    pub availability: Availability,
    pub team_id: Option<TeamId>,
    /// Whether signing in requires a code after the password.
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

/// An invitation that has not been accepted yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub role_id: Option<RoleId>,
    pub role_name: Option<String>,
    /// The member who sent the invitation, unless they have left.
    pub invited_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Whether the invitation has expired and must be sent again.
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

/// A custom role of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomRole {
    pub id: RoleId,
    pub name: String,
    pub permissions: Vec<Permission>,
    /// Number of members who have the role.
    pub members: i64,
    pub updated_at: DateTime<Utc>,
}

/// A team, such as a department.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub description: String,
    pub parent_id: Option<TeamId>,
    pub manager_id: Option<MemberId>,
    /// Number of members, not counting those of teams below.
    pub members: i64,
    pub updated_at: DateTime<Utc>,
}

/// The settings of a team.
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

/// A person's membership of one of their organizations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub organization_id: OrganizationId,
    pub name: String,
    pub role: Role,
    pub status: OrganizationStatus,
    /// For a deleted organization: when it will be removed for good.
    pub purge_at: Option<DateTime<Utc>>,
    /// Whether the session is in this organization.
    pub is_current: bool,
}
