use types::{
    conversation::{Conversation, UpdateConversation},
    id::ConversationId,
    permission::Permission,
};

use super::{lock, update};
use crate::{Cx, Result, error::require, validate::changed_tags};

/// Adds the tags in `add`, separated by commas, to those that there are at this moment, and takes `remove` out. Of two who
/// do this at once each finds what the other did.
///
/// # Errors
/// As [`update`].
pub async fn change_tags(cx: &mut Cx, id: ConversationId, add: &str, remove: &str) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let tags = changed_tags(lock(cx, id).await?.tags, add, remove);
    update(cx, id, UpdateConversation { tags: Some(tags), ..UpdateConversation::default() }).await
}
