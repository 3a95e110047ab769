//! A worker's hold on a subscription's lane. It is short, so that the lane of a worker that is gone soon goes on, and
//! renewed while the lane is worked through.

use std::{future::Future, pin::pin};

use chrono::{DateTime, Duration, Utc};
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Result, Services};

/// For how long a lane is claimed before another worker may take it.
pub(super) const CLAIM: Duration = Duration::seconds(20);
/// How often the claim is renewed while endpoints are waited for.
const RENEWAL: std::time::Duration = std::time::Duration::from_secs(5);

/// A lane that this worker holds. The end of the hold tells holders apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub organization: OrganizationId,
    pub subscription: Uuid,
    pub until: DateTime<Utc>,
}

impl Claim {
    /// Waits for work that others must not do meanwhile. While the database is away the claim is not renewed, and the
    /// work goes on: nobody else can take the lane then either.
    pub async fn during<T>(&mut self, services: &Services, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(RENEWAL) => {
                    if let Err(error) = self.renew(services).await {
                        tracing::warn!(subscription = %self.subscription, error = ?error, "a claim could not be renewed");
                    }
                }
            }
        }
    }

    /// Lengthens the hold. False when it had ended and another worker has taken the lane since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew(&mut self, services: &Services) -> Result<bool> {
        let until = sqlx::query_scalar!(
            r#"update webhook_lanes set claimed_until = $3 where subscription_id = $1 and claimed_until = $2
               returning claimed_until as "until!""#,
            self.subscription,
            self.until,
            services.db.now() + CLAIM
        )
        .fetch_optional(services.db.system().pool())
        .await?;
        self.until = until.unwrap_or(self.until);
        Ok(until.is_some())
    }
}
