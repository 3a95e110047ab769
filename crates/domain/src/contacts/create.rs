use serde_json::{Value, json};
use types::{
    contact::{Contact, ContactInput},
    error::FieldRule,
    event::EventName,
    id::ContactId,
    permission::Permission,
};

use super::{get, input};
use crate::{Cx, Error, Result, audit, error::require, events};

/// Adds a contact by hand. It needs a name, an e-mail address or a telephone number; none of them is unique.
///
/// # Errors
/// [`Error::Validation`] with every field that breaks a rule.
pub async fn create(cx: &mut Cx, input: ContactInput) -> Result<Contact> {
    require(cx, Permission::ContactsWrite)?;
    let fields = input::check(cx, input).await?;
    let name = fields.name.unwrap_or_default();
    let (email, phone) = (fields.email.flatten(), fields.phone.flatten());
    if name.is_empty() && email.is_none() && phone.is_none() {
        return Err(Error::rule("name", FieldRule::Missing));
    }
    let (organization, id, now) = (cx.organization(), ContactId(cx.new_id()), cx.now());
    sqlx::query!(
        "insert into contacts (organization_id, id, name, email, phone, company, language, time_zone, notes, tags,
                               is_vip, is_blocked, custom_fields, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        organization.0,
        id.0,
        name,
        email,
        phone,
        fields.company.unwrap_or_default(),
        fields.language.flatten(),
        fields.time_zone.flatten(),
        fields.notes.unwrap_or_default(),
        &fields.tags.unwrap_or_default(),
        fields.is_vip.unwrap_or_default(),
        fields.is_blocked.unwrap_or_default(),
        Value::Object(fields.custom_fields.unwrap_or_default()),
        now
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"name": name, "email": email, "phone": phone});
    events::emit(cx, EventName::ContactCreated, "contact", id, None, payload).await?;
    let created = get(cx, id).await?;
    audit::record(cx, "contact.created", id, None, None).await?;
    Ok(created)
}
