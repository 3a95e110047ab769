//! One view of the whole database, as the program's role sees it: organization by organization.

use bytes::Bytes;
use db::{
    Db, files,
    migrate::{self, Step},
    queue,
    tables::{Class, TABLES},
};
use futures::TryStreamExt;
use sqlx::PgConnection;
use types::id::OrganizationId;
use uuid::Uuid;

/// Settings on which the text of values depends, the same when it is read back; and nothing ends a long rest, nor a reader
/// who takes a row only now and then because it brings a large file along.
pub(crate) const SESSION: &str = "
    set tcp_user_timeout = 0;
    set idle_in_transaction_session_timeout = 0;
    set statement_timeout = 0;
    set datestyle = 'ISO';
    set intervalstyle = 'postgres';
    set bytea_output = 'hex';
    set extra_float_digits = 1;";

/// Options of `COPY` under which JSON goes out as it is: control characters, of which JSON has none, quote and separate.
pub(crate) const RAW: &str = r"(format csv, quote e'\x01', delimiter e'\x02')";

/// A connection that sees the database as it was when its view was opened. Until it is dropped the schema stays as it is,
/// and so do files on the disk.
pub(crate) struct Snapshot {
    connection: PgConnection,
    /// The migrations that the database has seen.
    pub(crate) schema: Vec<Step>,
}

impl Snapshot {
    /// Takes the holds.
    ///
    /// # Errors
    /// When the database does not answer, or its schema is not this program's.
    pub(crate) async fn begin(db: &Db) -> anyhow::Result<Self> {
        // A connection of its own: what it holds goes with it.
        let mut connection = db.system().pool().acquire().await?.detach();
        sqlx::raw_sql(SESSION).execute(&mut connection).await?;
        let schema = migrate::hold(&mut connection).await?;
        files::hold(&mut connection).await?;
        Ok(Self { connection, schema })
    }

    /// Opens the view, which [`jobs`](Self::jobs) does too: all that is read from now on is as of one moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn view(&mut self) -> anyhow::Result<()> {
        sqlx::raw_sql("begin isolation level repeatable read, read only").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Opens the view and reads the jobs that are not done, before anything else. The queue empties tables with TRUNCATE,
    /// which an older view of them does not survive; so they are held from before the view begins until all jobs are read.
    ///
    /// # Errors
    /// When the database does not answer, or a job is not taken.
    pub(crate) async fn jobs(&mut self, each: impl FnMut(Bytes) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let queue: String = sqlx::query_scalar(
            "select string_agg(oid::regclass::text, ', ') from pg_class
             where relnamespace = 'awa'::regnamespace and relkind in ('r', 'p') and not relispartition",
        )
        .fetch_one(&mut self.connection)
        .await?;
        self.view().await?;
        // The view begins with the first query, which this is not.
        for part in ["savepoint jobs", &format!("lock table {queue} in access share mode")] {
            sqlx::raw_sql(part).execute(&mut self.connection).await?;
        }
        let query = format!(
            "(select json_build_object('kind', kind, 'queue', queue, 'args', args, 'priority', priority,
                'max_attempts', max_attempts, 'run_at', run_at)
              from ({}) jobs)",
            queue::NOT_DONE
        );
        self.copy(&query, RAW, each).await?;
        sqlx::raw_sql("rollback to savepoint jobs").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Rows, one a piece, as `COPY` writes them; `query` is what stands between `copy` and `to stdout`.
    ///
    /// # Errors
    /// When the database refuses, or a row is not taken.
    pub(crate) async fn copy(
        &mut self,
        query: &str,
        options: &str,
        mut each: impl FnMut(Bytes) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut rows = self.connection.copy_out_raw(&format!("copy {query} to stdout {options}")).await?;
        while let Some(row) = rows.try_next().await? {
            each(row)?;
        }
        Ok(())
    }

    /// Every organization's id, those of deleted ones included.
    pub(crate) async fn organizations(&mut self) -> anyhow::Result<Vec<OrganizationId>> {
        let ids: Vec<Uuid> = sqlx::query_scalar("select organization_id from organization_index order by 1")
            .fetch_all(&mut self.connection)
            .await?;
        Ok(ids.into_iter().map(OrganizationId).collect())
    }

    /// Shows the rows of this organization.
    pub(crate) async fn enter(&mut self, organization: OrganizationId) -> anyhow::Result<()> {
        sqlx::raw_sql(&format!("set local app.organization_id = '{organization}'"))
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    /// The connection, for queries.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

/// The tables that hold the product's rows, by name, and what each is to tenancy.
pub(crate) fn tables() -> impl Iterator<Item = (&'static str, Class)> {
    TABLES.iter().copied().filter(|(name, _)| *name != "_sqlx_migrations")
}

/// The columns of the product's tables that can be written, by table.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn columns(connection: &mut PgConnection) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let names: Vec<&str> = tables().map(|(name, _)| name).collect();
    let columns = sqlx::query_as(
        "select c.relname::text, array_agg(a.attname::text order by a.attnum)
         from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relname = any($1)
           and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         group by c.relname order by c.relname collate \"C\"",
    )
    .bind(names)
    .fetch_all(connection)
    .await?;
    Ok(columns)
}

/// A list of columns as SQL.
pub(crate) fn list(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
    quoted.join(", ")
}
