use serde_json::{Value, json};
use types::{
    contact::{Contact, ContactInput},
    event::EventName,
    id::ContactId,
    permission::Permission,
};

use super::{get, input};
use crate::{Cx, Error, Result, audit, error::require, events};

/// Changes a contact's fields; those that are not given stay, custom fields and tags are replaced as a whole.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Validation`] with every field that breaks a rule.
pub async fn update(cx: &mut Cx, id: ContactId, input: ContactInput) -> Result<Contact> {
    require(cx, Permission::ContactsWrite)?;
    let fields = input::check(cx, input).await?;
    let changed = fields.given();
    let (organization, now) = (cx.organization(), cx.now());
    let found = sqlx::query!(
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
    if found.rows_affected() == 0 {
        return Err(Error::NotFound("contact"));
    }
    if !changed.is_empty() {
        let payload = json!({"changed": changed});
        events::emit(cx, EventName::ContactUpdated, "contact", id, None, payload.clone()).await?;
        // Without the values: the log outlives the person's wish to be forgotten.
        audit::record(cx, "contact.updated", id, None, Some(payload)).await?;
    }
    get(cx, id).await
}
