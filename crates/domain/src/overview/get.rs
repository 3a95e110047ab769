use types::{overview::Overview, permission::Permission};

use super::{checklist::checklist, days::days};
use crate::{Cx, Result, error::require};

/// Counting of what is open stops here; screens show "10,000+".
const BOUND: i64 = 10_000;
/// The median is taken over so many of the week's newest conversations.
const SAMPLE: i64 = 500;

/// What the overview shows, counted from the organization's own rows. Weeks are the last 7 days, today included, in
/// the organization's time zone.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn get(cx: &mut Cx) -> Result<Overview> {
    require(cx, Permission::ConversationsRead)?;
    let days = days(cx).await?;
    let (previous, week) = days.split_at(days.len().saturating_sub(7));
    let conversations = |days: &[super::days::Day]| days.iter().map(|day| day.figures.conversations).sum();
    let open = open(cx).await?;
    Ok(Overview {
        open: open.open,
        unassigned: open.unassigned,
        waiting: open.waiting,
        conversations_week: conversations(week),
        conversations_previous_week: conversations(previous),
        answers_week: week.iter().map(|day| day.figures.answers).sum(),
        handed_off_week: week.iter().map(|day| day.handed_off).sum(),
        median_first_response_seconds: median_first_response(cx).await?,
        checklist: checklist(cx).await?,
        days: days.into_iter().map(|day| day.figures).collect(),
    })
}

struct Open {
    open: i64,
    unassigned: i64,
    waiting: i64,
}

/// Conversations as they stand now, by the same conditions as the inbox's lists. Each count reads an index.
async fn open(cx: &mut Cx) -> Result<Open> {
    let organization = cx.organization();
    let row = sqlx::query_as!(
        Open,
        r#"select
             (select count(*) from (select from conversations
               where organization_id = $1 and status = 'active' and snoozed_until is null limit $2) rows) as "open!",
             (select count(*) from (select from conversations
               where organization_id = $1 and status = 'active' and snoozed_until is null
                 and assignee_id is null and owner <> 'agent' limit $2) rows) as "unassigned!",
             (select count(*) from (select from conversations
               where organization_id = $1 and status = 'active' and snoozed_until is null
                 and waiting_since is not null limit $2) rows) as "waiting!""#,
        organization.0,
        BOUND
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(row)
}

/// Median seconds from the beginning of a conversation to its first answer, by an agent or a member.
async fn median_first_response(cx: &mut Cx) -> Result<Option<f64>> {
    let (organization, since) = (cx.organization(), cx.now() - chrono::Duration::days(7));
    let median = sqlx::query_scalar!(
        "select percentile_cont(0.5) within group (order by extract(epoch from answer.created_at - begun.created_at)::float8)
         from (select id, created_at from conversations
               where organization_id = $1 and created_at > $2 order by created_at desc limit $3) begun
         cross join lateral (
           select created_at from messages
           where organization_id = $1 and conversation_id = begun.id and direction = 'outbound' and role <> 'system'
             and not is_note
           order by seq limit 1) answer",
        organization.0,
        since,
        SAMPLE
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(median)
}
