use serde_json::{Value, json};
use types::{
    contact::{Contact, ContactInput},
    event::EventName,
    id::ContactId,
    permission::Permission,
};

use super::{get, input};
use crate::{Cx, Result, audit, error::require, events};

/// Changes a contact's fields; those that are not given stay, custom fields and tags are replaced as a whole.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound); [`Error::Validation`](crate::Error::Validation) with every field that breaks a rule.
pub async fn update(cx: &mut Cx, id: ContactId, input: ContactInput) -> Result<Contact> {
    require(cx, Permission::ContactsWrite)?;
    let fields = input::check(cx, input).await?;
    let changed = fields.given();
    let before = get(cx, id).await?;
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "update contacts set
           name = coalesce($3, name),
           email = case when $4 then $5 else email end,
           phone = case when $6 then $7 else phone end,
           company = coalesce($8, company),
           language = case when $9 then $10 else language end,
           time_zone = case when $11 then $12 else time_zone end,
           notes = coalesce($13, notes),
           tags = coalesce($14, tags),
           is_vip = coalesce($15, is_vip),
           is_blocked = coalesce($16, is_blocked),
           custom_fields = coalesce($17, custom_fields),
           updated_at = $18
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        fields.name,
        fields.email.is_some(),
        fields.email.flatten(),
        fields.phone.is_some(),
        fields.phone.flatten(),
        fields.company,
        fields.language.is_some(),
        fields.language.flatten(),
        fields.time_zone.is_some(),
        fields.time_zone.flatten(),
        fields.notes,
        fields.tags.as_deref(),
        fields.is_vip,
        fields.is_blocked,
        fields.custom_fields.map(Value::Object),
        now
    )
    .execute(cx.conn())
    .await?;
    if !changed.is_empty() {
        events::emit(cx, EventName::ContactUpdated, "contact", id, None, json!({"changed": changed})).await?;
    }
    let after = get(cx, id).await?;
    audit::changed(cx, "contact.updated", id, &before, &after).await?;
    Ok(after)
}
