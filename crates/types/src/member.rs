//! People's places in an organization.

use serde::{Deserialize, Serialize};

use crate::{
    id::{MemberId, TeamId, UserId},
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
pub struct Member {
    pub id: MemberId,
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub availability: Availability,
    pub team_id: Option<TeamId>,
}
