use types::{
    id::VisitorId,
    widget::{StartSession, WidgetSession},
};

use super::{Visitor, conversation, find_contact, token};
use crate::{Cx, Error, Result, Services, channels, conversations::Channel, members, validate::is_language_tag};

/// Starts a visitor's session, or resumes one with the token of an earlier visit to the same channel. A token that is
/// not good there (another channel's, another organization's, changed, expired) is as good as none: a new visitor
/// begins, who sees nothing of anybody. The token in the answer is good for another 180 days.
///
/// # Errors
/// [`Error::NotFound`] for an unknown channel key; [`Error::Refused`] when the channel is switched off.
pub async fn start(services: &Services, input: StartSession) -> Result<WidgetSession> {
    let (organization, channel) =
        channels::find_by_key(services, &input.channel_key).await?.ok_or(Error::NotFound("channel"))?;
    let known = input.token.as_deref().and_then(|token| token::verify(services, token));
    let known = known.filter(|visitor| visitor.organization == organization && visitor.channel == channel);
    let id = known.map_or_else(|| VisitorId(services.db.new_id()), |visitor| visitor.id);
    let language = input.language.filter(|language| is_language_tag(language));
    let visitor = Visitor { organization, channel, id, language };
    let mut cx = services.db.begin(organization, visitor.actor()).await?;
    Channel::open(&mut cx, channel).await?;
    channels::seen(&mut cx, channel).await?;
    let session = session(services, &mut cx, &visitor).await?;
    cx.commit().await?;
    Ok(session)
}

/// What there is to show to a visitor, with a fresh token.
pub(super) async fn session(services: &Services, cx: &mut Cx, visitor: &Visitor) -> Result<WidgetSession> {
    let contact = find_contact(cx, visitor).await?;
    let (conversation, unread_count) = match &contact {
        Some(contact) => conversation::shown(services, cx, visitor, contact.id).await?.unzip(),
        None => (None, None),
    };
    let (email, name) = contact.map_or((None, None), |contact| (contact.email, Some(contact.name)));
    Ok(WidgetSession {
        token: token::issue(&services.secret_key, visitor, cx.now().timestamp())?,
        contact_email: email,
        contact_name: name.filter(|name| !name.is_empty()),
        conversation,
        unread_count: unread_count.unwrap_or_default(),
        members_online: members::any_online(cx).await?,
    })
}
