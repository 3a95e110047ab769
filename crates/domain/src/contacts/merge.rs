use serde_json::json;
use types::{
    contact::Contact,
    error::FieldRule,
    event::EventName,
    id::{ContactId, ConversationId},
    permission::Permission,
};

use super::get;
use crate::{Cx, Error, Result, audit, error::require, events, validate::CUSTOM_FIELDS};

/// Says that two contacts are one person: conversations, identities, instructions and open requests of `other` move to
/// `kept`. What `kept` says of itself stays; `other` fills what is empty, and adds its tags, custom fields and notes. The
/// browsers of both see the same conversations from then on. A merge that was done before changes nothing.
///
/// # Errors
/// [`Error::NotFound`] of either; [`Error::Validation`] of `merged_id` when both are the same; [`Error::Conflict`] when
/// one of them was merged into a third.
pub async fn merge(cx: &mut Cx, kept: ContactId, other: ContactId) -> Result<Contact> {
    require(cx, Permission::ContactsWrite)?;
    if kept == other {
        return Err(Error::rule("merged_id", FieldRule::Mismatch));
    }
    lock(cx, kept, other).await?;
    if !is_left(cx, kept, other).await? {
        return get(cx, kept).await;
    }
    let (organization, now) = (cx.organization(), cx.now());
    fill(cx, kept, other).await?;
    sqlx::query!(
        "with identities as (
           update contact_identities set contact_id = $2 where organization_id = $1 and contact_id = $3
         ), instructions as (
           update contact_instructions set contact_id = $2 where organization_id = $1 and contact_id = $3
         ), actions as (
           update actions set contact_id = $2 where organization_id = $1 and contact_id = $3
         )
         update contacts set merged_into_id = $2, updated_at = $4
         where organization_id = $1 and (id = $3 or merged_into_id = $3)",
        organization.0,
        kept.0,
        other.0,
        now
    )
    .execute(cx.conn())
    .await?;
    let moved = sqlx::query_scalar!(
        "update conversations set contact_id = $2, updated_at = $4 where organization_id = $1 and contact_id = $3
         returning id",
        organization.0,
        kept.0,
        other.0,
        now
    )
    .fetch_all(cx.conn())
    .await?;
    let count = moved.len();
    for id in moved {
        let payload = json!({"changed": ["contact_id"]});
        events::emit(cx, EventName::ConversationUpdated, "conversation", id, Some(ConversationId(id)), payload).await?;
    }
    let payload = json!({"changed": ["merged_into_id"], "merged_into_id": kept});
    events::emit(cx, EventName::ContactUpdated, "contact", other, None, payload).await?;
    let payload = json!({"changed": ["identities"], "merged_id": other});
    events::emit(cx, EventName::ContactUpdated, "contact", kept, None, payload).await?;
    // Not who they were: the person may ask to be forgotten.
    audit::record(cx, "contact.merged", kept, None, Some(json!({"merged_id": other, "conversations": count}))).await?;
    get(cx, kept).await
}

/// Holds what is of both. Merges of an organization come one after the other; within one the order is that in which a
/// message of a contact takes them.
async fn lock(cx: &mut Cx, kept: ContactId, other: ContactId) -> Result<()> {
    let (organization, ids) = (cx.organization(), [kept.0, other.0]);
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('contacts.merge ' || $1, 0))",
        organization.to_string()
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!(
        "select id from contact_identities where organization_id = $1 and contact_id = any($2) order by id for update",
        organization.0,
        &ids
    )
    .fetch_all(cx.conn())
    .await?;
    sqlx::query!(
        "select id from conversations where organization_id = $1 and contact_id = any($2) order by id for update",
        organization.0,
        &ids
    )
    .fetch_all(cx.conn())
    .await?;
    sqlx::query!(
        "select id from contacts where organization_id = $1 and id = any($2) order by id for update",
        organization.0,
        &ids
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(())
}

/// Whether the merge is still to be done.
async fn is_left(cx: &mut Cx, kept: ContactId, other: ContactId) -> Result<bool> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select id, merged_into_id from contacts where organization_id = $1 and id = any($2)",
        organization.0,
        &[kept.0, other.0]
    )
    .fetch_all(cx.conn())
    .await?;
    if rows.len() < 2 {
        return Err(Error::NotFound("contact"));
    }
    let into = |id: ContactId| rows.iter().find(|row| row.id == id.0).and_then(|row| row.merged_into_id);
    match (into(kept), into(other)) {
        (None, None) => Ok(true),
        (None, Some(into)) if into == kept.0 => Ok(false),
        _ => Err(Error::Conflict("one of the contacts has already been merged into another".into())),
    }
}

/// Fills the fields of the contact that stays, within the bounds that they have.
async fn fill(cx: &mut Cx, kept: ContactId, other: ContactId) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "update contacts k set
           name = case when k.name = '' then o.name else k.name end,
           email = coalesce(k.email, o.email),
           phone = coalesce(k.phone, o.phone),
           company = case when k.company = '' then o.company else k.company end,
           avatar = coalesce(k.avatar, o.avatar),
           time_zone = coalesce(k.time_zone, o.time_zone),
           language = coalesce(k.language, o.language),
           address = o.address || k.address,
           tags = (k.tags || array(select tag from unnest(o.tags) tag where tag <> all(k.tags)))[1:30],
           custom_fields = (
             select coalesce(jsonb_object_agg(key, value), '{}') from (
               select key, value from jsonb_each(o.custom_fields || k.custom_fields)
               order by (k.custom_fields ? key) desc, key limit $5) fields),
           notes = left(concat_ws(E'\\n\\n', nullif(k.notes, ''), nullif(o.notes, '')), 10000),
           is_vip = k.is_vip or o.is_vip,
           is_blocked = k.is_blocked or o.is_blocked,
           crm_type = case when k.crm_id is null then o.crm_type else k.crm_type end,
           crm_id = coalesce(k.crm_id, o.crm_id),
           lead_score = greatest(k.lead_score, o.lead_score),
           lifetime_value_cents = k.lifetime_value_cents + o.lifetime_value_cents,
           first_contact_at = least(k.first_contact_at, o.first_contact_at),
           last_contact_at = greatest(k.last_contact_at, o.last_contact_at),
           updated_at = $4
         from contacts o
         where k.organization_id = $1 and k.id = $2 and o.organization_id = $1 and o.id = $3",
        organization.0,
        kept.0,
        other.0,
        now,
        CUSTOM_FIELDS as i64
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
