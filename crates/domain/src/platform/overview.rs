use types::platform::PlatformOverview;

use super::{Operator, days::days, jobs};
use crate::{Result, Services};

/// The state of the service, and the last 30 days.
///
/// # Errors
/// When the database does not answer.
pub async fn overview(services: &Services, _: &Operator) -> Result<PlatformOverview> {
    let sums = sqlx::query!(
        r#"select count(*) as "organizations!", count(*) filter (where status = 'suspended') as "suspended!",
                  coalesce(sum(conversations), 0)::bigint as "conversations!",
                  coalesce(sum(messages), 0)::bigint as "messages!",
                  coalesce(sum(failing_webhooks), 0)::bigint as "failing_webhooks!",
                  coalesce(sum(failed_sources), 0)::bigint as "failed_sources!", min(measured_at) as measured_at,
                  (select count(*) from users) as "users!",
                  (select count(*) from mails where status = 'failed') as "failed_mails!"
           from organization_index"#
    )
    .fetch_one(services.db.system().pool())
    .await?;
    let queues = jobs::queues(services).await?;
    Ok(PlatformOverview {
        organizations: sums.organizations,
        suspended: sums.suspended,
        users: sums.users,
        conversations: sums.conversations,
        messages: sums.messages,
        jobs_waiting: queues.iter().map(|queue| queue.waiting + queue.retrying).sum(),
        jobs_failed: queues.iter().map(|queue| queue.failed).sum(),
        failing_webhooks: sums.failing_webhooks,
        failed_sources: sums.failed_sources,
        failed_mails: sums.failed_mails,
        days: days(services, None).await?,
        measured_at: sums.measured_at,
    })
}
