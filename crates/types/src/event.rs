//! Events: facts that something changed, written with the change.

use crate::{permission::Permission, text_enum::text_enum};

text_enum! {
    /// Names of events, as webhooks and live updates carry them.
    EventName {
        OrganizationCreated = "organization.created",
        OrganizationUpdated = "organization.updated",
        OrganizationDeleted = "organization.deleted",
        OrganizationRestored = "organization.restored",
        /// By the operator of the service.
        OrganizationSuspended = "organization.suspended",
        MemberCreated = "member.created",
        MemberUpdated = "member.updated",
        MemberDeleted = "member.deleted",
        InvitationCreated = "invitation.created",
        InvitationUpdated = "invitation.updated",
        InvitationDeleted = "invitation.deleted",
        RoleCreated = "role.created",
        RoleUpdated = "role.updated",
        RoleDeleted = "role.deleted",
        TeamCreated = "team.created",
        TeamUpdated = "team.updated",
        TeamDeleted = "team.deleted",
        ApiKeyCreated = "api_key.created",
        ApiKeyRevoked = "api_key.revoked",
        CannedResponseCreated = "canned_response.created",
        CannedResponseUpdated = "canned_response.updated",
        CannedResponseDeleted = "canned_response.deleted",
        ChannelCreated = "channel.created",
        ChannelUpdated = "channel.updated",
        ChannelDeleted = "channel.deleted",
        ContactCreated = "contact.created",
        ContactUpdated = "contact.updated",
        ContactDeleted = "contact.deleted",
        ConversationCreated = "conversation.created",
        ConversationUpdated = "conversation.updated",
        ConversationAssigned = "conversation.assigned",
        ConversationOwnerChanged = "conversation.owner_changed",
        ConversationClosed = "conversation.closed",
        ConversationReopened = "conversation.reopened",
        ConversationRead = "conversation.read",
        MessageCreated = "message.created",
        AgentCreated = "agent.created",
        AgentUpdated = "agent.updated",
        AgentDeleted = "agent.deleted",
        AnswerCreated = "answer.created",
        AnswerUpdated = "answer.updated",
        AnswerDeleted = "answer.deleted",
        SourceCreated = "knowledge_source.created",
        SourceUpdated = "knowledge_source.updated",
        SourceDeleted = "knowledge_source.deleted",
        SyncUpdated = "knowledge_sync.updated",
        WebhookCreated = "webhook_subscription.created",
        WebhookUpdated = "webhook_subscription.updated",
        WebhookDeleted = "webhook_subscription.deleted",
        /// Too long nothing arrived, or the endpoint said that it is gone.
        WebhookDisabled = "webhook_subscription.disabled",
        /// Asked for by a member; goes to one subscription only.
        WebhookTest = "webhook_subscription.test",
    }
}

impl EventName {
    /// What one must be allowed to read to be told what the event tells: that of the noun it is about.
    pub const fn read_permission(self) -> Permission {
        match self {
            Self::OrganizationCreated
            | Self::OrganizationUpdated
            | Self::OrganizationDeleted
            | Self::OrganizationRestored
            | Self::OrganizationSuspended => Permission::OrganizationRead,
            Self::MemberCreated
            | Self::MemberUpdated
            | Self::MemberDeleted
            | Self::InvitationCreated
            | Self::InvitationUpdated
            | Self::InvitationDeleted
            | Self::RoleCreated
            | Self::RoleUpdated
            | Self::RoleDeleted
            | Self::TeamCreated
            | Self::TeamUpdated
            | Self::TeamDeleted => Permission::MembersRead,
            Self::ApiKeyCreated | Self::ApiKeyRevoked => Permission::ApiKeysRead,
            Self::ChannelCreated | Self::ChannelUpdated | Self::ChannelDeleted => Permission::ChannelsRead,
            Self::ContactCreated | Self::ContactUpdated | Self::ContactDeleted => Permission::ContactsRead,
            Self::ConversationCreated
            | Self::ConversationUpdated
            | Self::ConversationAssigned
            | Self::ConversationOwnerChanged
            | Self::ConversationClosed
            | Self::ConversationReopened
            | Self::ConversationRead
            | Self::MessageCreated
            | Self::CannedResponseCreated
            | Self::CannedResponseUpdated
            | Self::CannedResponseDeleted => Permission::ConversationsRead,
            Self::AgentCreated
            | Self::AgentUpdated
            | Self::AgentDeleted
            | Self::AnswerCreated
            | Self::AnswerUpdated
            | Self::AnswerDeleted => Permission::AgentsRead,
            Self::SourceCreated | Self::SourceUpdated | Self::SourceDeleted | Self::SyncUpdated => {
                Permission::KnowledgeRead
            }
            Self::WebhookCreated
            | Self::WebhookUpdated
            | Self::WebhookDeleted
            | Self::WebhookDisabled
            | Self::WebhookTest => Permission::WebhooksRead,
        }
    }
}
