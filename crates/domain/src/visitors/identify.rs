use serde_json::{Value, json};
use types::{
    contact::IdentityKind,
    error::FieldRule,
    event::EventName,
    id::{ContactId, ConversationId},
    widget::{Identify, WidgetSession},
};

use super::{Visitor, contact, ensure_contact, session::session};
use crate::{
    Cx, Error, Result, Services, channels,
    conversations::{Channel, lock},
    events,
    validate::{CUSTOM_FIELDS, Check},
};

/// Says who the visitor is.
///
/// With the organization's signature of `user_id` the visitor is that person: it joins the contact who is known by
/// that id on this channel, and brings its conversations along when it was nobody yet. Without a signature name and
/// address are only what somebody typed; they fill the fields of a contact that no signature has proved.
///
/// # Errors
/// [`Error::Validation`]: `signature` when it is forged, or missing where the channel demands one.
pub async fn identify(services: &Services, visitor: &Visitor, input: Identify) -> Result<WidgetSession> {
    let fields = check(&input)?;
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let channel = Channel::open(&mut cx, visitor.channel).await?;
    let user = proved_user(services, &mut cx, visitor, &input).await?;
    if user.is_none() && channel.settings.require_signed_identity {
        return Err(Error::invalid("signature", "is missing: this channel accepts signed identities only"));
    }
    let found = ensure_contact(&mut cx, visitor).await?;
    let (contact, may_change) = match user {
        Some(user) => (join(&mut cx, visitor, &found, user).await?, true),
        None => (found.id, !found.is_verified),
    };
    if may_change {
        store(&mut cx, contact, fields).await?;
    }
    let session = session(services, &mut cx, visitor).await?;
    services.commit(cx).await?;
    if contact != found.id {
        let conversation = session.conversation.as_ref().map(|conversation| conversation.id);
        services.live.move_visitor(visitor.organization, visitor.id, conversation);
    }
    Ok(session)
}

struct Fields {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    attributes: Value,
}

fn check(input: &Identify) -> Result<Fields> {
    let mut check = Check::default();
    let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    let fields = Fields {
        name: given(&input.name).map(|name| check.line("name", &name, 1..=200)),
        email: given(&input.email).map(|email| check.email("email", &email)),
        phone: given(&input.phone).map(|phone| check.phone("phone", &phone)),
        attributes: match &input.attributes {
            Some(attributes) => Value::Object(check.custom_fields("attributes", attributes)),
            None => json!({}),
        },
    };
    if let Some(user_id) = &input.user_id {
        check.line("user_id", user_id, 1..=200);
    }
    check.finish()?;
    Ok(fields)
}

/// The user id, if its signature is the organization's.
async fn proved_user<'a>(
    services: &Services,
    cx: &mut Cx,
    visitor: &Visitor,
    input: &'a Identify,
) -> Result<Option<&'a str>> {
    match (&input.user_id, &input.signature) {
        (_, None) => Ok(None),
        (None, Some(_)) => Err(Error::invalid("user_id", "is missing: the signature is computed from it")),
        (Some(user_id), Some(signature)) => {
            if !channels::signs(services, cx, visitor.channel, user_id, signature).await? {
                let message = "is wrong: it must be the hexadecimal HMAC-SHA256 of user_id with the channel's secret";
                return Err(Error::invalid("signature", message));
            }
            Ok(Some(user_id))
        }
    }
}

/// Makes the visitor one of the browsers of a proved user, and gives the user's contact.
async fn join(cx: &mut Cx, visitor: &Visitor, found: &contact::VisitorContact, user: &str) -> Result<ContactId> {
    let organization = cx.organization();
    let known = user_contact(cx, visitor, user).await?;
    if known == Some(found.id) {
        return Ok(found.id);
    }
    // A browser that was somebody else's until now takes nothing along.
    let is_free = !found.is_verified;
    let known = match known {
        Some(known) => known,
        None => {
            let own = if is_free { found.id } else { contact::create(cx, visitor).await? };
            contact::identify(cx, visitor, own, IdentityKind::User, user, true).await?;
            // Another browser of the same user may have been faster; its contact is the one.
            user_contact(cx, visitor, user).await?.unwrap_or(own)
        }
    };
    if known == found.id {
        return Ok(known);
    }
    sqlx::query!(
        "update contact_identities set contact_id = $4
         where organization_id = $1 and channel_id = $2 and kind = 'visitor' and external_id = $3",
        organization.0,
        visitor.channel.0,
        visitor.id.to_string(),
        known.0
    )
    .execute(cx.conn())
    .await?;
    if is_free {
        take_along(cx, visitor, found.id, known).await?;
    }
    Ok(known)
}

async fn user_contact(cx: &mut Cx, visitor: &Visitor, user: &str) -> Result<Option<ContactId>> {
    let organization = cx.organization();
    let contact = sqlx::query_scalar!(
        "select contact_id from contact_identities
         where organization_id = $1 and channel_id = $2 and kind = 'user' and external_id = $3 and is_verified
         for update",
        organization.0,
        visitor.channel.0,
        user
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(contact.map(ContactId))
}

/// Moves an anonymous contact's conversations on the channel, and retires the contact when nothing else is its own.
async fn take_along(cx: &mut Cx, visitor: &Visitor, from: ContactId, to: ContactId) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    let conversations = sqlx::query_scalar!(
        "select id from conversations where organization_id = $1 and contact_id = $2 and channel_id = $3
         order by last_message_at desc limit 100",
        organization.0,
        from.0,
        visitor.channel.0
    )
    .fetch_all(cx.conn())
    .await?;
    for id in conversations {
        let mut conversation = lock(cx, ConversationId(id)).await?;
        conversation.contact_id = to;
        conversation.emit(cx, EventName::ConversationUpdated, json!({"changed": ["contact_id"]})).await?;
        conversation.save(cx).await?;
    }
    let retired = sqlx::query!(
        "update contacts set merged_into_id = $3, updated_at = $4
         where organization_id = $1 and id = $2
           and not exists (select from contact_identities where organization_id = $1 and contact_id = $2)
           and not exists (select from conversations where organization_id = $1 and contact_id = $2)",
        organization.0,
        from.0,
        to.0,
        now
    )
    .execute(cx.conn())
    .await?;
    if retired.rows_affected() == 1 {
        // Those that were merged into it before go along, and are erased with it.
        sqlx::query!(
            "update contacts set merged_into_id = $3, updated_at = $4 where organization_id = $1 and merged_into_id = $2",
            organization.0,
            from.0,
            to.0,
            now
        )
        .execute(cx.conn())
        .await?;
        let payload = json!({"changed": ["merged_into_id"], "merged_into_id": to});
        events::emit(cx, EventName::ContactUpdated, "contact", from, None, payload).await?;
    }
    Ok(())
}

async fn store(cx: &mut Cx, contact: ContactId, fields: Fields) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    let named = sqlx::query_scalar!(
        r#"select count(*) as "count!" from contacts c, jsonb_object_keys(c.custom_fields || $3)
           where c.organization_id = $1 and c.id = $2"#,
        organization.0,
        contact.0,
        fields.attributes
    )
    .fetch_one(cx.conn())
    .await?;
    if usize::try_from(named).unwrap_or(usize::MAX) > CUSTOM_FIELDS {
        let mut check = Check::default();
        check.limit("attributes", FieldRule::TooMany, CUSTOM_FIELDS);
        check.finish()?;
    }
    let changed = sqlx::query!(
        "update contacts set name = coalesce($3, name), email = coalesce($4, email), phone = coalesce($5, phone),
                custom_fields = custom_fields || $6, updated_at = $7
         where organization_id = $1 and id = $2
           and (name, email, phone, custom_fields) is distinct from
               (coalesce($3, name), coalesce($4, email), coalesce($5, phone), custom_fields || $6)",
        organization.0,
        contact.0,
        fields.name,
        fields.email,
        fields.phone,
        fields.attributes,
        now
    )
    .execute(cx.conn())
    .await?;
    if changed.rows_affected() == 1 {
        let payload = json!({"changed": ["name", "email", "phone", "custom_fields"]});
        events::emit(cx, EventName::ContactUpdated, "contact", contact, None, payload).await?;
    }
    Ok(())
}
