//! Ids: UUIDv7 made by the server, one type per entity so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    OrganizationId, UserId, MemberId, TeamId, RoleId, SessionId, PasskeyId, InvitationId, ApiKeyId, MailId,
    ChannelId, ContactId, ConversationId, MessageId, AttachmentId, CannedResponseId,
    AgentId, AnswerId, TraceId, ActionId,
    SourceId, SyncId, DocumentId, ChunkId,
    AnnouncementId, ImpersonationId,
    EventId, WebhookSubscriptionId, DeliveryId, AuditLogId,
    /// A browser of a visitor; becomes a contact's identity with the first message.
    VisitorId,
}
