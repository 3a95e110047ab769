use serde_json::json;
use types::{contact::IdentityKind, event::EventName, id::ContactId};

use super::Visitor;
use crate::{Cx, Result, conversations::SWITCHED_OFF, events, organizations};

/// A visitor's contact.
#[derive(Debug, Clone)]
pub(crate) struct VisitorContact {
    pub id: ContactId,
    pub name: String,
    pub email: Option<String>,
    pub is_blocked: bool,
    /// Whether the organization's signature proved who it is.
    pub is_verified: bool,
}

/// The contact that a visitor belongs to; refused while the organization may not work, and on a channel that is switched
/// off. `lock` holds the visitor's identity until the end of the transaction, so that a visitor's writes happen one after
/// the other.
async fn find(cx: &mut Cx, visitor: &Visitor, lock: bool) -> Result<Option<VisitorContact>> {
    let organization = cx.organization();
    let external_id = visitor.id.to_string();
    if lock {
        sqlx::query_scalar!(
            "select id from contact_identities
             where organization_id = $1 and channel_id = $2 and kind = 'visitor' and external_id = $3 for update",
            organization.0,
            visitor.channel.0,
            external_id
        )
        .fetch_optional(cx.conn())
        .await?;
    }
    let row = sqlx::query!(
        r#"select ct.id as "id?", ct.name as "name?", ct.email as "email?", ct.is_blocked as "is_blocked?", o.status,
                  exists (select from contact_identities proved
                          where proved.organization_id = $1 and proved.contact_id = ct.id and proved.is_verified)
                    as "is_verified!",
                  exists (select from channels ch where ch.organization_id = $1 and ch.id = $2 and not ch.is_active)
                    as "is_off!"
           from organizations o
           left join contact_identities ci
             on ci.organization_id = $1 and ci.channel_id = $2 and ci.kind = 'visitor' and ci.external_id = $3
           left join contacts ct on ct.organization_id = $1 and ct.id = ci.contact_id
           where o.id = $1"#,
        organization.0,
        visitor.channel.0,
        external_id
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    organizations::check_active(&row.status, None)?;
    if row.is_off {
        return Err(SWITCHED_OFF);
    }
    Ok(row.id.map(|id| VisitorContact {
        id: ContactId(id),
        name: row.name.unwrap_or_default(),
        email: row.email,
        is_blocked: row.is_blocked.unwrap_or_default(),
        is_verified: row.is_verified,
    }))
}

/// The contact that a visitor belongs to, if there is one yet.
pub(crate) async fn find_contact(cx: &mut Cx, visitor: &Visitor) -> Result<Option<VisitorContact>> {
    find(cx, visitor, false).await
}

/// The contact that a visitor belongs to, made if there is none. The visitor's other writes wait for this
/// transaction, so that two first messages at once make one contact and one conversation.
pub(crate) async fn ensure_contact(cx: &mut Cx, visitor: &Visitor) -> Result<VisitorContact> {
    if let Some(contact) = find(cx, visitor, true).await? {
        return Ok(contact);
    }
    let id = create(cx, visitor).await?;
    if identify(cx, visitor, id, IdentityKind::Visitor, &visitor.id.to_string(), false).await? {
        let payload = json!({"channel_id": visitor.channel});
        events::emit(cx, EventName::ContactCreated, "contact", id, None, payload).await?;
    } else {
        // Another request was faster, and has committed: its contact is the one.
        discard(cx, id).await?;
    }
    find(cx, visitor, true).await?.ok_or(crate::Error::NotFound("contact"))
}

/// An anonymous contact.
pub(super) async fn create(cx: &mut Cx, visitor: &Visitor) -> Result<ContactId> {
    let (organization, id, now) = (cx.organization(), ContactId(cx.new_id()), cx.now());
    sqlx::query!(
        "insert into contacts (organization_id, id, language, first_contact_at, last_contact_at, created_at, updated_at)
         values ($1, $2, $3, $4, $4, $4, $4)",
        organization.0,
        id.0,
        visitor.language,
        now
    )
    .execute(cx.conn())
    .await?;
    Ok(id)
}

/// Adds an identity on the visitor's channel; false when another contact has it.
pub(super) async fn identify(
    cx: &mut Cx,
    visitor: &Visitor,
    contact: ContactId,
    kind: IdentityKind,
    external_id: &str,
    is_verified: bool,
) -> Result<bool> {
    let (organization, id, now) = (cx.organization(), cx.new_id(), cx.now());
    let added = sqlx::query!(
        "insert into contact_identities (organization_id, id, contact_id, channel_id, kind, external_id, is_verified,
                                         created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (organization_id, channel_id, kind, external_id) do nothing",
        organization.0,
        id,
        contact.0,
        visitor.channel.0,
        kind.as_str(),
        external_id,
        is_verified,
        now
    )
    .execute(cx.conn())
    .await?;
    Ok(added.rows_affected() == 1)
}

async fn discard(cx: &mut Cx, id: ContactId) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!("delete from contacts where organization_id = $1 and id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    Ok(())
}
