use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, Transaction};
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Actor, ClientInfo};

/// A transaction of one organization, with who acts and when.
///
/// Dropped without [`Cx::commit`] it leaves no trace.
pub struct Cx {
    tx: Transaction<'static, Postgres>,
    organization: OrganizationId,
    actor: Actor,
    now: DateTime<Utc>,
    client: ClientInfo,
}

impl Cx {
    pub(crate) fn new(
        tx: Transaction<'static, Postgres>,
        organization: OrganizationId,
        actor: Actor,
        now: DateTime<Utc>,
    ) -> Self {
        Self { tx, organization, actor, now, client: ClientInfo::default() }
    }

    /// The organization; every query names it.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// In the name of another from here on: of somebody who is known to be a member by now.
    pub fn acted_by(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// With what is known about the browser through which the actor acts.
    pub fn asked_by(self, client: ClientInfo) -> Self {
        Self { client, ..self }
    }

    /// What is known about the browser through which the actor acts.
    pub fn client(&self) -> &ClientInfo {
        &self.client
    }

    /// The time of this transaction, the same for all that it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The connection, for queries.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Lets the further queries of this transaction be planned for the values that they are given. After some uses
    /// Postgres otherwise keeps one plan for any organization, which takes a large one for small and may read all of it.
    /// And lets one process answer each: others take longer to start than they spare, and their cores from the rest. Costs
    /// a round trip, so it is for lists and searches.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn plan_for_values(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query(
            "select set_config('plan_cache_mode', 'force_custom_plan', true),
                    set_config('max_parallel_workers_per_gather', '0', true)",
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Begins a part of the transaction that [`Cx::rollback_to_savepoint`] takes back without the rest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn savepoint(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query("savepoint attempt").execute(self.conn()).await.map(drop)
    }

    /// Takes back what was written since [`Cx::savepoint`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rollback_to_savepoint(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query("rollback to savepoint attempt").execute(self.conn()).await.map(drop)
    }

    /// A new id: a UUIDv7 of the transaction's time.
    pub fn new_id(&self) -> Uuid {
        new_id(self.now)
    }

    /// Makes everything that was written durable and visible.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }
}

/// The least id of a time: ids that were made before it stand before this one.
pub fn first_id(of: DateTime<Utc>) -> Uuid {
    // A UUIDv7 begins with 48 bits of milliseconds.
    Uuid::from_u128(u128::from(of.timestamp_millis().unsigned_abs()) << 80)
}

/// A UUIDv7 of the given time.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn ids_stand_on_the_side_of_a_time_on_which_they_were_made() {
        let time = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert!(first_id(time) < new_id(time));
        assert!(first_id(time) > new_id(time - TimeDelta::milliseconds(1)));
    }
}
