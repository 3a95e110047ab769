//! Events: facts that something changed, written with the change.

use crate::text_enum::text_enum;

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
