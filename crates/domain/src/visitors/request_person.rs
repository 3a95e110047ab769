use types::widget::WidgetConversation;

use super::{
    BLOCKED, Visitor,
    conversation::{current_or_new, shown},
    ensure_contact,
};
use crate::{
    Error, Result, Services,
    conversations::{Channel, hand_off_locked},
};

/// Calls a person at the visitor's wish. It begins a conversation when none goes on; when a person has it already,
/// nothing changes.
///
/// # Errors
/// [`Error::Refused`] when the contact is blocked or the channel switched off.
pub async fn request_person(services: &Services, visitor: &Visitor) -> Result<WidgetConversation> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let channel = Channel::open(&mut cx, visitor.channel).await?;
    let contact = ensure_contact(&mut cx, visitor).await?;
    if contact.is_blocked {
        return Err(BLOCKED);
    }
    let (mut conversation, is_new) = current_or_new(&mut cx, &channel, contact.id).await?;
    hand_off_locked(&mut cx, &mut conversation, "visitor").await?;
    let (shown, _) = shown(services, &mut cx, visitor, contact.id).await?.ok_or(Error::NotFound("conversation"))?;
    services.commit(cx).await?;
    if is_new {
        services.live.move_visitor(visitor.organization, visitor.id, Some(shown.id));
    }
    Ok(shown)
}
