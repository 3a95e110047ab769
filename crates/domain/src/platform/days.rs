use chrono::{Duration, NaiveDate};
use types::{id::OrganizationId, platform::PlatformDay};

use crate::{Result, Services};

/// How many days are shown.
const SHOWN: i64 = 30;

/// The last 30 days (UTC), oldest first: of one organization, or of all with the organizations and users that were made.
pub(super) async fn days(services: &Services, organization: Option<OrganizationId>) -> Result<Vec<PlatformDay>> {
    let today = services.db.now().date_naive();
    let first: NaiveDate = today - Duration::days(SHOWN - 1);
    let begins = first.and_time(chrono::NaiveTime::MIN).and_utc();
    let rows = sqlx::query!(
        r#"with happened as (
             select day, sum(conversations) as conversations, sum(messages) as messages, sum(answers) as answers
             from organization_days where day >= $1 and ($4::uuid is null or organization_id = $4) group by day
           ), founded as (
             select (created_at at time zone 'UTC')::date as day, count(*) as number from organization_index
             where created_at >= $2 and $4 is null group by 1
           ), joined as (
             select (created_at at time zone 'UTC')::date as day, count(*) as number from users
             where created_at >= $2 and $4 is null group by 1
           )
           select days.day::date as "day!", coalesce(happened.conversations, 0)::bigint as "conversations!",
                  coalesce(happened.messages, 0)::bigint as "messages!", coalesce(happened.answers, 0)::bigint as "answers!",
                  coalesce(founded.number, 0) as "organizations!", coalesce(joined.number, 0) as "users!"
           from generate_series($1::date, $3::date, interval '1 day') days (day)
           left join happened on happened.day = days.day::date
           left join founded on founded.day = days.day::date
           left join joined on joined.day = days.day::date
           order by 1"#,
        first,
        begins,
        today,
        organization.map(|id| id.0)
    )
    .fetch_all(services.db.system().pool())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PlatformDay {
            day: row.day,
            organizations: row.organizations,
            users: row.users,
            conversations: row.conversations,
            messages: row.messages,
            answers: row.answers,
        })
        .collect())
}
