//! Files of a conversation.

use serde::{Deserialize, Serialize};

use crate::id::AttachmentId;

/// The largest file that a message carries, in bytes.
pub const MAX_ATTACHMENT_BYTES: u64 = 20 * 1024 * 1024;

/// A file attached to a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    pub id: AttachmentId,
    pub file_name: String,
    pub media_type: String,
    /// Size in bytes.
    pub size: i64,
    /// Whether browsers may display the file as a picture.
    pub is_inline: bool,
    /// Where the caller can download the file: `/files/…` for members, an address with a token for visitors.
    pub url: String,
}
