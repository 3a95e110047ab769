use chrono::{DateTime, Utc};
use types::{
    id::OrganizationId,
    message::{AuthorType, Message},
};

use crate::{SecretKey, attachments};

/// What a visitor gets of a message: nothing of a note; members' first names only; links to files that open without a
/// sign-in.
pub(crate) fn for_visitor(
    key: &SecretKey,
    organization: OrganizationId,
    now: DateTime<Utc>,
    mut message: Message,
) -> Option<Message> {
    if message.is_note {
        return None;
    }
    if message.author_type == AuthorType::Member {
        message.author_name = first_name(&message.author_name).to_owned();
    }
    if message.author_type != AuthorType::Contact {
        message.author_id = None;
        message.client_id = None;
    }
    message.failure_reason = None;
    for attachment in &mut message.attachments {
        attachment.url = attachments::visitor_url(key, organization, attachment.id, now);
    }
    Some(message)
}

/// What visitors read of a member's name.
pub(crate) fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}
