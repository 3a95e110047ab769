use sqlx::PgPool;
use types::platform::{Migration, SlowQuery, System, TableSize};

use super::Operator;
use crate::{Result, Services};

/// Program and database: versions, sizes, connections, the schema's steps, and slow statements where the database counts
/// them.
///
/// # Errors
/// When the database does not answer.
pub async fn system(services: &Services, _: &Operator) -> Result<System> {
    let system = services.db.system();
    let pool = system.pool();
    let facts = sqlx::query!(
        r#"select current_setting('server_version') as "version!", pg_database_size(current_database()) as "bytes!",
                  (select count(*) from pg_stat_activity where datname = current_database()) as "connections!",
                  (select count(*) from pg_stat_activity where datname = current_database() and state = 'active')
                    as "active!",
                  current_setting('max_connections')::bigint as "most!",
                  (select extract(epoch from max(clock_timestamp() - query_start))::float8 from pg_stat_activity
                   where datname = current_database() and state = 'active' and pid <> pg_backend_pid()) as longest"#
    )
    .fetch_one(pool)
    .await?;
    let tables = sqlx::query!(
        r#"select c.oid::regclass::text as "name!", pg_total_relation_size(c.oid) as "bytes!",
                  greatest(c.reltuples, 0)::bigint as "rows!"
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and n.nspname in ('public', 'awa') order by 2 desc, 1 limit 12"#
    )
    .fetch_all(pool)
    .await?;
    let migrations = sqlx::query!(
        r#"select version, description, installed_on from _sqlx_migrations where success order by version desc limit 50"#
    )
    .fetch_all(pool)
    .await?;
    Ok(System {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database_version: facts.version,
        database_bytes: facts.bytes,
        connections: facts.connections,
        active_connections: facts.active,
        max_connections: facts.most,
        longest_seconds: facts.longest,
        tables: tables.into_iter().map(|row| TableSize { name: row.name, bytes: row.bytes, rows: row.rows }).collect(),
        migrations: migrations
            .into_iter()
            .map(|row| Migration { version: row.version, name: row.description, installed_at: row.installed_on })
            .collect(),
        pending_migrations: i64::try_from(db::migrate::pending(pool).await?).unwrap_or(i64::MAX),
        slow_queries: slow_queries(pool).await?,
    })
}

/// The statements that took the most time in all; `None` where the extension is missing, not loaded or not readable.
async fn slow_queries(pool: &PgPool) -> Result<Option<Vec<SlowQuery>>> {
    // Checked at run time: the view exists only where the extension does.
    let rows = sqlx::query_as::<_, (String, i64, f64, f64)>(
        "select left(regexp_replace(query, '\\s+', ' ', 'g'), 500), calls, mean_exec_time, total_exec_time
         from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
         order by total_exec_time desc limit 20",
    )
    .fetch_all(pool)
    .await;
    match rows {
        Ok(rows) => Ok(Some(
            rows.into_iter()
                .map(|(query, calls, mean_ms, total_ms)| SlowQuery { query, calls, mean_ms, total_ms })
                .collect(),
        )),
        // undefined_table, object_not_in_prerequisite_state (not preloaded), insufficient_privilege.
        Err(sqlx::Error::Database(error))
            if error.code().is_some_and(|code| matches!(&*code, "42P01" | "55000" | "42501")) =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
