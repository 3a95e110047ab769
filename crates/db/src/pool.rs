use std::{borrow::Cow, sync::Arc};

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, Transaction};
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Actor, Clock, Cx, cx::new_id};

/// For how long a statement works, and waits for what another transaction holds, when somebody waits for it: a request that
/// was given up would otherwise go on in the database.
const LIMITS: &str = "; SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '10s'";

/// The way to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) pool: PgPool,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Db {
    /// Over a pool of the program's role, which must not be able to bypass row-level security, with a clock of the caller's.
    pub fn new(pool: PgPool, clock: Arc<dyn Clock>) -> Self {
        Self { pool, clock }
    }

    /// Begins a transaction of one organization. A statement of it may take 30 seconds, and wait for another transaction for
    /// ten, but for those of the product itself.
    ///
    /// # Errors
    /// When no connection is to be had in the pool's time.
    pub async fn begin(&self, organization: OrganizationId, actor: Actor) -> Result<Cx, sqlx::Error> {
        // `SET LOCAL` in the same round trip as `BEGIN`; a uuid needs no quoting. Not `set_config`: on a Citus
        // cluster only `SET LOCAL` reaches the workers.
        let limits = if actor == Actor::System { "" } else { LIMITS };
        let begin = format!("BEGIN; SET LOCAL app.organization_id = '{organization}'{limits}");
        let tx = begin_whole(&self.pool, begin.into()).await?;
        Ok(Cx::new(tx, organization, actor, self.now()))
    }

    /// The pool without an organization: tenant tables look empty to it.
    pub fn system(&self) -> SystemPool {
        SystemPool(self.pool.clone())
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id, for rows that are written outside a tenant transaction.
    pub fn new_id(&self) -> Uuid {
        new_id(self.now())
    }
}

/// Connections that belong to no organization. Row-level security shows them global and queue tables only.
#[derive(Clone)]
pub struct SystemPool(PgPool);

impl SystemPool {
    /// The pool, for queries of global and queue tables.
    pub fn pool(&self) -> &PgPool {
        &self.0
    }

    /// Begins a transaction of global and queue tables.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        begin_whole(&self.0, "BEGIN".into()).await
    }
}

/// Begins a transaction to the end, also when whoever waits for it goes away, as requests do: a beginning that is given up
/// half-way goes back to the pool with its transaction open (`sqlx` 0.8 counts it only afterwards), and what the next one
/// writes would stand in it and never be committed.
async fn begin_whole(
    pool: &PgPool,
    statement: Cow<'static, str>,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    begun.await.map_err(|_| sqlx::Error::WorkerCrashed)?
}
