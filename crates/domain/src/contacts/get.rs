use serde_json::{Map, Value};
use sqlx::types::Json;
use types::{
    contact::{Contact, ContactIdentity, ContactSummary},
    id::{ChannelId, ContactId},
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// A contact with its identities, at most 100 of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(cx: &mut Cx, id: ContactId) -> Result<Contact> {
    require(cx, Permission::ContactsRead)?;
    let organization = cx.organization();
    let row = sqlx::query!(
        r#"select name, email, phone, company, tags, is_vip, is_blocked, last_contact_at, created_at, time_zone,
                  language, notes, custom_fields as "custom_fields: Json<Map<String, Value>>", first_contact_at,
                  (select count(*) from conversations c
                   where c.organization_id = $1 and c.contact_id = $2) as "conversation_count!"
           from contacts where organization_id = $1 and id = $2"#,
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("contact"))?;
    Ok(Contact {
        summary: ContactSummary {
            id,
            name: row.name,
            email: row.email,
            phone: row.phone,
            company: row.company,
            tags: row.tags,
            is_vip: row.is_vip,
            is_blocked: row.is_blocked,
            last_contact_at: row.last_contact_at,
            created_at: row.created_at,
        },
        time_zone: row.time_zone,
        language: row.language,
        notes: row.notes,
        custom_fields: row.custom_fields.0,
        first_contact_at: row.first_contact_at,
        conversation_count: row.conversation_count,
        identities: identities(cx, id).await?,
    })
}

async fn identities(cx: &mut Cx, id: ContactId) -> Result<Vec<ContactIdentity>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select i.channel_id, c.name as channel_name, i.kind, i.external_id, i.is_verified
         from contact_identities i
         join channels c on c.organization_id = i.organization_id and c.id = i.channel_id
         where i.organization_id = $1 and i.contact_id = $2 order by i.created_at, i.id limit 100",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ContactIdentity {
                channel_id: ChannelId(row.channel_id),
                channel_name: row.channel_name,
                kind: row.kind.parse()?,
                external_id: row.external_id,
                is_verified: row.is_verified,
            })
        })
        .collect()
}
