use chrono::{DateTime, Datelike, Duration, NaiveTime, Utc};
use sqlx::types::Json;
use types::organization::OrganizationLimits;

use crate::{Cx, Error, Held, Result, hold};

/// What the operator may limit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limited {
    Members,
    Conversations,
    Sources,
    VisitorMegabytes,
}

/// So many bytes each file of a visitor counts at least: a tenth of a megabyte, rounded up. So the files that reach a limit
/// are few enough to be counted each time.
const LEAST_FILE: i64 = MEGABYTE / 10 + 1;
const MEGABYTE: i64 = 1024 * 1024;

/// Asks whether the organization may have one more of something. Where there is a limit the organization's row is held
/// until the transaction ends, so that two at once count one after the other.
///
/// # Errors
/// [`Error::LimitReached`].
pub(crate) async fn check_limit(cx: &mut Cx, what: Limited) -> Result<()> {
    let (organization, month) = (cx.organization().0, month_of(cx.now()));
    let limits = sqlx::query_scalar!(
        r#"select limits as "limits: Json<OrganizationLimits>" from organizations where id = $1"#,
        organization
    )
    .fetch_optional(cx.conn())
    .await?;
    let limits = limits.map(|limits| limits.0).unwrap_or_default();
    let limit = match what {
        Limited::Members => limits.members,
        Limited::Conversations => limits.conversations_per_month,
        Limited::Sources => limits.knowledge_sources,
        Limited::VisitorMegabytes => limits.visitor_megabytes_per_day,
    };
    let Some(limit) = limit else { return Ok(()) };
    hold(cx, Held::Organization).await?;
    let count = match what {
        Limited::Members => {
            sqlx::query_scalar!(
                r#"select (select count(*) from members where organization_id = $1 and user_id is not null)
                        + (select count(*) from invitations
                           where organization_id = $1 and accepted_at is null and expires_at > $2) as "count!""#,
                organization,
                cx.now()
            )
            .fetch_one(cx.conn())
            .await?
        }
        Limited::Conversations => {
            sqlx::query_scalar!(
                r#"select count(*) as "count!" from (
                     select from conversations where organization_id = $1 and created_at >= $2 limit $3) month"#,
                organization,
                month,
                limit
            )
            .fetch_one(cx.conn())
            .await?
        }
        Limited::Sources => {
            sqlx::query_scalar!(
                r#"select count(*) as "count!" from knowledge_sources where organization_id = $1"#,
                organization
            )
            .fetch_one(cx.conn())
            .await?
        }
        Limited::VisitorMegabytes => {
            let bytes = sqlx::query_scalar!(
                r#"select coalesce(sum(greatest(size, $3)), 0)::bigint as "bytes!" from (
                     select size from attachments
                     where organization_id = $1 and visitor_id is not null and created_at > $2 limit $4) day"#,
                organization,
                cx.now() - Duration::days(1),
                LEAST_FILE,
                limit.saturating_mul(10)
            )
            .fetch_one(cx.conn())
            .await?;
            bytes / MEGABYTE
        }
    };
    if count < limit {
        return Ok(());
    }
    let what = match what {
        Limited::Members => "members and open invitations",
        Limited::Conversations => "new conversations per month",
        Limited::Sources => "knowledge sources",
        Limited::VisitorMegabytes => "megabytes of visitors' files per day",
    };
    Err(Error::LimitReached(format!(
        "this organization has reached its limit of {limit} {what}: ask the operator of this service to raise it"
    )))
}

/// The beginning of the month, in UTC.
pub(crate) fn month_of(now: DateTime<Utc>) -> DateTime<Utc> {
    let day = now.date_naive();
    day.with_day(1).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}
