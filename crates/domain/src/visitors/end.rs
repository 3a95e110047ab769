use types::{
    message::SystemLine,
    widget::{WidgetConversation, WidgetSession},
};

use super::{
    Visitor,
    contact::VisitorContact,
    conversation::{current, shown},
    ensure_contact, find_contact,
    session::session,
};
use crate::{Cx, Result, Services, conversations::close_locked};

/// Ends the conversation that goes on, if one does; it stays on show.
///
/// # Errors
/// When the database does not answer.
pub async fn end_conversation(services: &Services, visitor: &Visitor) -> Result<Option<WidgetConversation>> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let Some(contact) = find_contact(&mut cx, visitor).await? else { return Ok(None) };
    end(&mut cx, visitor, &contact).await?;
    let shown = shown(services, &mut cx, visitor, contact.id).await?;
    services.commit(cx).await?;
    Ok(shown.map(|(conversation, _)| conversation))
}

/// Ends the conversation that goes on and leaves the earlier ones: the widget begins empty again, in all tabs.
///
/// # Errors
/// When the database does not answer.
pub async fn restart(services: &Services, visitor: &Visitor) -> Result<WidgetSession> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let Some(contact) = find_contact(&mut cx, visitor).await? else {
        return session(services, &mut cx, visitor).await;
    };
    end(&mut cx, visitor, &contact).await?;
    let organization = cx.organization();
    sqlx::query!(
        r#"update conversations set metadata = metadata || '{"left": true}'
           where organization_id = $1 and contact_id = $2 and channel_id = $3 and status <> 'active'
             and not metadata ? 'left'"#,
        organization.0,
        contact.id.0,
        visitor.channel.0
    )
    .execute(cx.conn())
    .await?;
    let session = session(services, &mut cx, visitor).await?;
    services.commit(cx).await?;
    services.live.move_visitor(visitor.organization, visitor.id, None);
    Ok(session)
}

async fn end(cx: &mut Cx, visitor: &Visitor, contact: &VisitorContact) -> Result<()> {
    ensure_contact(cx, visitor).await?;
    if let Some(mut conversation) = current(cx, visitor, contact.id).await? {
        close_locked(cx, &mut conversation, SystemLine::ClosedByContact).await?;
    }
    Ok(())
}
