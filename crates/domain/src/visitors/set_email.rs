use serde_json::json;
use types::{event::EventName, id::ContactId, message::SystemLine, widget::WidgetSession};

use super::{BLOCKED, Visitor, conversation::current, ensure_contact, session::session};
use crate::{Cx, Result, Services, conversations::Channel, events, messages::append_line, validate::Check};

/// Keeps the address at which a visitor wants the answer. It is not proved: a contact whose identity the organization
/// has signed keeps its own.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation) when it is no address; [`Error::Refused`](crate::Error::Refused) when the contact is blocked.
pub async fn set_email(services: &Services, visitor: &Visitor, email: &str) -> Result<WidgetSession> {
    let mut check = Check::default();
    let email = check.email("email", email);
    check.finish()?;
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    Channel::open(&mut cx, visitor.channel).await?;
    let contact = ensure_contact(&mut cx, visitor).await?;
    if contact.is_blocked {
        return Err(BLOCKED);
    }
    let keeps = contact.is_verified && contact.email.is_some();
    if !keeps && contact.email.as_deref() != Some(&email) {
        // First the conversation, then the contact, as messages take them.
        let conversation = current(&mut cx, visitor, contact.id).await?;
        store(&mut cx, contact.id, &email).await?;
        if let Some(mut conversation) = conversation {
            append_line(&mut cx, &mut conversation, SystemLine::EmailCaptured, None).await?;
            conversation.save(&mut cx).await?;
        }
    }
    let session = session(services, &mut cx, visitor).await?;
    services.commit(cx).await?;
    Ok(session)
}

async fn store(cx: &mut Cx, contact: ContactId, email: &str) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "update contacts set email = $3, updated_at = $4 where organization_id = $1 and id = $2",
        organization.0,
        contact.0,
        email,
        now
    )
    .execute(cx.conn())
    .await?;
    events::emit(cx, EventName::ContactUpdated, "contact", contact, None, json!({"changed": ["email"]})).await?;
    Ok(())
}
