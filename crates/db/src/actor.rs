//! Who acts in a transaction.

use types::{
    id::{AgentId, ApiKeyId, ChannelId, MemberId, UserId, VisitorId},
    member::Role,
    permission::{Permission, Permissions},
};
use uuid::Uuid;

/// Who acts. Verbs ask it for permission and write it into events and the audit log.
#[derive(Debug, Clone, PartialEq)]
pub enum Actor {
    /// A person of the organization.
    Member {
        id: MemberId,
        user_id: UserId,
        name: String,
        role: Role,
        permissions: Permissions,
        /// The operator who works as this person, when it is not the person.
        impersonator: Option<UserId>,
    },
    /// A program of the organization.
    ApiKey { id: ApiKeyId, scopes: Vec<Permission> },
    /// A customer's browser on one channel. Has no permissions: the verbs for visitors check what it may touch.
    Visitor { id: VisitorId, channel_id: ChannelId },
    /// An AI agent.
    Agent { id: AgentId, name: String },
    /// An operator of the service, acting on the organization from outside. Has no permissions in it.
    PlatformAdmin { user_id: UserId },
    /// The product itself: jobs, schedules, operators' commands.
    System,
}

impl Actor {
    /// Whether the actor may do this.
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::Member { permissions, .. } => permissions.contains(permission),
            Self::ApiKey { scopes, .. } => scopes.contains(&permission),
            Self::Visitor { .. } | Self::Agent { .. } | Self::PlatformAdmin { .. } => false,
            Self::System => true,
        }
    }

    /// Everything that the actor may do.
    pub fn permissions(&self) -> Permissions {
        Permission::ALL.iter().copied().filter(|permission| self.may(*permission)).collect()
    }

    /// The built-in role, when a member acts.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Member { role, .. } => Some(*role),
            _ => None,
        }
    }

    /// The word that events and the audit log have for this kind of actor.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member { .. } => "member",
            Self::ApiKey { .. } => "api_key",
            Self::Visitor { .. } => "visitor",
            Self::Agent { .. } => "agent",
            Self::PlatformAdmin { .. } => "platform_admin",
            Self::System => "system",
        }
    }

    /// The operator who works as the member, when one does.
    pub fn impersonator(&self) -> Option<UserId> {
        match self {
            Self::Member { impersonator, .. } => *impersonator,
            _ => None,
        }
    }

    /// The actor's id, where it has one.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Member { id, .. } => Some(id.0),
            Self::ApiKey { id, .. } => Some(id.0),
            Self::Visitor { id, .. } => Some(id.0),
            Self::Agent { id, .. } => Some(id.0),
            Self::PlatformAdmin { user_id } => Some(user_id.0),
            Self::System => None,
        }
    }

    /// The member's id, when a member acts.
    pub fn member_id(&self) -> Option<MemberId> {
        match self {
            Self::Member { id, .. } => Some(*id),
            _ => None,
        }
    }
}
