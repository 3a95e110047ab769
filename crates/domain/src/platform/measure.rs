//! Counting: what each organization has, and what happened in it day by day.

use chrono::{DateTime, Duration, Utc};
use types::id::OrganizationId;

use crate::{Actor, Cx, Result, Services};

/// Figures are no older than this, plus the time that a round takes.
const EVERY: Duration = Duration::minutes(5);
/// Organizations that are counted at a time.
const BATCH: i64 = 200;
/// Days that are kept.
const KEPT: Duration = Duration::days(90);
/// Days that are counted the first time.
const FIRST: Duration = Duration::days(30);

/// Counts the organizations whose figures are older than five minutes, the oldest first, at most 200. Called with every
/// tick; may run twice at once.
///
/// # Errors
/// When the database does not answer; what was counted before stays counted.
pub async fn measure_due(services: &Services) -> Result<usize> {
    let now = services.db.now();
    let due = sqlx::query_scalar!(
        "select organization_id from organization_index where measured_at is null or measured_at <= $1
         order by measured_at nulls first limit $2",
        now - EVERY,
        BATCH
    )
    .fetch_all(services.db.system().pool())
    .await?;
    for organization in &due {
        measure(services, OrganizationId(*organization)).await?;
    }
    Ok(due.len())
}

/// Counts one organization; one that is gone is no error.
///
/// # Errors
/// When the database does not answer.
pub async fn measure(services: &Services, organization: OrganizationId) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    // Held, in the order in which others take them: a purge of the organization waits. One that has begun is not waited for.
    let organization_row =
        sqlx::query_scalar!("select id from organizations where id = $1 for key share skip locked", organization.0)
            .fetch_optional(cx.conn())
            .await?;
    if organization_row.is_none() {
        return Ok(());
    }
    let held = sqlx::query_scalar!(
        "select measured_at from organization_index where organization_id = $1 for no key update",
        organization.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(last) = held else { return Ok(()) };
    let earliest = cx.now() - FIRST;
    count_days(&mut cx, last.unwrap_or(earliest).max(earliest)).await?;
    count(&mut cx).await?;
    cx.commit().await?;
    Ok(())
}

async fn count(cx: &mut Cx) -> Result<()> {
    let (organization, now) = (cx.organization().0, cx.now());
    sqlx::query!(
        "update organization_index i set
           members = (select count(*) from members where organization_id = $1 and user_id is not null),
           conversations = (select count(*) from conversations where organization_id = $1),
           messages = (select count(*) from messages where organization_id = $1),
           documents = (select count(*) from documents where organization_id = $1 and is_live),
           storage_bytes = (select coalesce(sum(size), 0)::bigint from attachments where organization_id = $1)
             + (select coalesce(sum((settings->>'size')::bigint), 0)::bigint from knowledge_sources
                where organization_id = $1 and storage_key is not null),
           failing_webhooks = (select count(*) from webhook_subscriptions
                               where organization_id = $1 and (failing_since is not null or disabled_reason is not null)),
           failed_sources = (select count(*) from knowledge_sources where organization_id = $1 and status = 'failed'),
           last_active_at = greatest(
             (select max(created_at) from messages where organization_id = $1),
             (select max(s.last_seen_at) from members m join sessions s on s.user_id = m.user_id
              where m.organization_id = $1 and s.organization_id = $1)),
           measured_at = $2
         where i.organization_id = $1",
        organization,
        now
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// Counts the days from the one of `since` on.
async fn count_days(cx: &mut Cx, since: DateTime<Utc>) -> Result<()> {
    let (organization, today) = (cx.organization().0, cx.now().date_naive());
    let first = since.date_naive();
    let begins = first.and_time(chrono::NaiveTime::MIN).and_utc();
    sqlx::query!(
        "with begun as (
           select (created_at at time zone 'UTC')::date as day, count(*) as number from conversations
           where organization_id = $1 and created_at >= $2 group by 1
         ), written as (
           select (created_at at time zone 'UTC')::date as day, count(*) as number,
                  count(*) filter (where author_type = 'agent') as answers
           from messages where organization_id = $1 and created_at >= $2 and content_type <> 'event' group by 1
         ), gone as (
           delete from organization_days where organization_id = $1 and day < $5
         )
         insert into organization_days (organization_id, day, conversations, messages, answers)
         select $1, days.day::date, coalesce(begun.number, 0), coalesce(written.number, 0), coalesce(written.answers, 0)
         from generate_series($3::date, $4::date, interval '1 day') days (day)
         left join begun on begun.day = days.day::date
         left join written on written.day = days.day::date
         on conflict (organization_id, day) do update
           set conversations = excluded.conversations, messages = excluded.messages, answers = excluded.answers",
        organization,
        begins,
        first,
        today,
        today - KEPT
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
