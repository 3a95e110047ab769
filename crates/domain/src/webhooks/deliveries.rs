use chrono::{DateTime, Utc};
use serde_json::Value;
use types::{
    event::EventName,
    id::{DeliveryId, EventId, WebhookSubscriptionId},
    page::{Page, clamp},
    permission::Permission,
    webhook::{Delivery, DeliveryDetail, DeliveryFilter, DeliveryStatus, NotDelivered},
};
use uuid::Uuid;

use super::{get, send::Told};
use crate::{Cx, Error, Result, error::require};

/// Counting stops here.
const COUNT_BOUND: i64 = 1000;

/// The deliveries of a subscription, newest first.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn deliveries(cx: &mut Cx, id: WebhookSubscriptionId, filter: &DeliveryFilter) -> Result<Page<Delivery>> {
    get(cx, id).await?;
    let organization = cx.organization().0;
    let (page, limit, offset) = clamp(filter.page, filter.limit);
    let status = filter.status.map(DeliveryStatus::as_str);
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
             select from webhook_deliveries
             where organization_id = $1 and subscription_id = $2 and ($3::text is null or status = $3) limit $4) found"#,
        organization,
        id.0,
        status,
        COUNT_BOUND
    )
    .fetch_one(cx.conn())
    .await?;
    let rows = sqlx::query_as!(
        Row,
        "select d.id, d.event_id, e.name, d.status, d.response_status, d.duration_ms, d.attempts, d.error, d.error_code,
                d.next_attempt_at, d.created_at, d.delivered_at
         from webhook_deliveries d
         join events e on e.organization_id = d.organization_id and e.id = d.event_id
         where d.organization_id = $1 and d.subscription_id = $2 and ($3::text is null or d.status = $3)
         order by d.created_at desc, d.id desc limit $4 offset $5",
        organization,
        id.0,
        status,
        limit,
        offset
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(Page { items: rows.into_iter().map(Row::delivery).collect(), total, page, limit })
}

/// A delivery with what was sent and what came back: its bodies only for those who may read what the event tells.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn delivery(cx: &mut Cx, id: DeliveryId) -> Result<DeliveryDetail> {
    require(cx, Permission::WebhooksRead)?;
    let organization = cx.organization().0;
    let row = sqlx::query!(
        "select d.id, d.event_id, e.name, d.status, d.response_status, d.duration_ms, d.attempts, d.error, d.error_code,
                d.next_attempt_at, d.created_at, d.delivered_at, d.response_body, e.payload, e.resource_type,
                e.resource_id, e.conversation_id, e.actor_type, e.actor_id, e.created_at as happened_at, e.position
         from webhook_deliveries d
         join events e on e.organization_id = d.organization_id and e.id = d.event_id
         where d.organization_id = $1 and d.id = $2",
        organization,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("delivery"))?;
    let told = Told {
        name: row.name.clone(),
        resource_type: row.resource_type,
        resource_id: row.resource_id,
        conversation_id: row.conversation_id,
        payload: row.payload,
        actor_type: row.actor_type,
        actor_id: row.actor_id,
        happened_at: row.happened_at,
        position: row.position,
    };
    // An endpoint may answer with what it was told. Of an event that only a newer version knows nothing is shown.
    let is_readable = row.name.parse::<EventName>().is_ok_and(|event| cx.actor().may(event.read_permission()));
    let delivery = Row {
        id: row.id,
        event_id: row.event_id,
        name: row.name,
        status: row.status,
        response_status: row.response_status,
        duration_ms: row.duration_ms,
        attempts: row.attempts,
        error: row.error,
        error_code: row.error_code,
        next_attempt_at: row.next_attempt_at,
        created_at: row.created_at,
        delivered_at: row.delivered_at,
    };
    Ok(DeliveryDetail {
        delivery: delivery.delivery(),
        request: is_readable.then(|| told.body(organization)),
        response_body: row.response_body.filter(|_| is_readable),
    })
}

struct Row {
    id: Uuid,
    event_id: Uuid,
    name: String,
    status: String,
    response_status: Option<i32>,
    duration_ms: Option<i32>,
    attempts: i32,
    error: Option<String>,
    error_code: Option<Value>,
    next_attempt_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    delivered_at: Option<DateTime<Utc>>,
}

impl Row {
    fn delivery(self) -> Delivery {
        Delivery {
            id: DeliveryId(self.id),
            event_id: EventId(self.event_id),
            event: self.name,
            status: self.status.parse().unwrap_or(DeliveryStatus::Failed),
            response_status: self.response_status,
            duration_ms: self.duration_ms,
            attempts: self.attempts,
            failure: NotDelivered::of_delivery(self.error.clone(), self.error_code),
            error: self.error,
            next_attempt_at: self.next_attempt_at,
            created_at: self.created_at,
            delivered_at: self.delivered_at,
        }
    }
}
