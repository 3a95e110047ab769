use types::{
    event::EventName,
    id::ConversationId,
    permission::{Permission, Permissions},
};

/// Whether a member is told of an event: of what the member may read. Who reads conversations is told of everything: with
/// contacts and channels, rows of the inbox go too.
pub fn is_told(member: Permissions, event: EventName, conversation: Option<ConversationId>) -> bool {
    member.contains(Permission::ConversationsRead)
        || (conversation.is_none() && member.contains(event.read_permission()))
}
