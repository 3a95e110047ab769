//! Who may do what.

use serde::{Deserialize, Serialize};

use crate::{member::Role, text_enum::text_enum};

text_enum! {
    /// A resource and an action on it, as custom roles and API key scopes name them.
    Permission {
        OrganizationRead = "organization:read",
        OrganizationWrite = "organization:write",
        MembersRead = "members:read",
        MembersWrite = "members:write",
        ApiKeysRead = "api_keys:read",
        ApiKeysWrite = "api_keys:write",
        ChannelsRead = "channels:read",
        ChannelsWrite = "channels:write",
        ContactsRead = "contacts:read",
        ContactsWrite = "contacts:write",
        ConversationsRead = "conversations:read",
        ConversationsWrite = "conversations:write",
        AgentsRead = "agents:read",
        AgentsWrite = "agents:write",
        KnowledgeRead = "knowledge:read",
        KnowledgeWrite = "knowledge:write",
        WebhooksRead = "webhooks:read",
        WebhooksWrite = "webhooks:write",
        AuditRead = "audit:read",
    }
}

impl Permission {
    /// What a built-in role grants. Owners and admins may do all that concerns the organization's work;
    /// members answer customers and read the rest.
    pub fn granted_to(self, role: Role) -> bool {
        match role {
            Role::Owner | Role::Admin => true,
            Role::Member => matches!(
                self,
                Self::OrganizationRead
                    | Self::MembersRead
                    | Self::ChannelsRead
                    | Self::ContactsRead
                    | Self::ContactsWrite
                    | Self::ConversationsRead
                    | Self::ConversationsWrite
                    | Self::AgentsRead
                    | Self::KnowledgeRead
            ),
        }
    }
}

/// A set of permissions: what somebody may do. In JSON a number with a bit for each, which only a page and the server that
/// sent it exchange; everything that is kept has the words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(u64);

impl Permissions {
    /// What a built-in role grants.
    pub fn of_role(role: Role) -> Self {
        Permission::ALL.iter().copied().filter(|permission| permission.granted_to(role)).collect()
    }

    /// Whether the permission is one of them.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// Whether every one of the others is one of them.
    pub const fn contains_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | (1 << permission as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        assert!(Permission::ALL.len() <= 64);
        let set: Permissions = [Permission::AuditRead, Permission::MembersRead].into_iter().collect();
        let held: Vec<_> = Permission::ALL.iter().filter(|permission| set.contains(**permission)).collect();
        assert_eq!(held, [&Permission::MembersRead, &Permission::AuditRead]);
        let member = Permissions::of_role(Role::Member);
        assert!(Permissions::of_role(Role::Owner).contains_all(member) && !member.contains_all(set));
    }
}
