//! Who may do what.

use crate::{member::Role, text_enum::text_enum};

text_enum! {
    /// A resource and an action on it, as custom roles and API key scopes name them.
    Permission {
        OrganizationRead = "organization:read",
        OrganizationWrite = "organization:write",
        MembersRead = "members:read",
        MembersWrite = "members:write",
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
