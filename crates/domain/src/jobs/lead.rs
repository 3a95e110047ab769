//! The lead of the workers: one of them looks after the jobs of those that are gone, and begins what is due.
//!
//! The queue holds it as a lock of a session, which ends with its process. One that stands still, stopped or on a machine
//! that rests, keeps its session: then the others take the lead from it.

use std::time::Duration;

use crate::{Result, Services};

/// The queue's lock (`LOCK_KEY` of awa's maintenance).
const LOCK: i64 = 0x4157_415f_4d41_494e;
/// Who leads asks the database something every five seconds, but not while it looks after what the queue has grown by.
const SILENCE: Duration = Duration::from_secs(45);
/// Between two looks at who leads.
const LOOK: Duration = Duration::from_secs(3);

/// Ends the session of a leader that stands still, again and again, and lets what is due begin after one whose clock was ahead.
/// Not the session of this process, which does not stand still, with `own` as the name of its sessions.
pub(super) async fn watch(services: Services, own: String) {
    loop {
        tokio::time::sleep(LOOK).await;
        match relieve(&services, &own).await {
            Ok(true) => tracing::warn!("the worker that led the others stood still; another one leads now"),
            Ok(false) => {}
            Err(error) => tracing::debug!(?error, "nobody can tell who leads the workers"),
        }
        if let Err(error) = put_back(&services).await {
            tracing::debug!(?error, "nobody can tell when jobs were begun last");
        }
    }
}

/// Ends the session that has the lead, when it has been silent for too long, and says whether it was.
///
/// As the role that signed in, which is that of the leader: the one that the program may have become sees nothing of it.
///
/// # Errors
/// When the database does not answer, or the leader is another role's.
async fn relieve(services: &Services, own: &str) -> Result<bool> {
    let mut tx = services.db.system().begin().await?;
    sqlx::query("set local role none").execute(&mut *tx).await?;
    let ended = sqlx::query_scalar!(
        r#"select pg_terminate_backend(a.pid) as "ended!" from pg_locks l join pg_stat_activity a on a.pid = l.pid
           where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and a.datname = current_database()
             and l.database = a.datid and (l.classid::bigint << 32 | l.objid::bigint) = $1
             and a.state = 'idle' and a.state_change < clock_timestamp() - make_interval(secs => $2)
             and a.application_name <> $3"#,
        LOCK,
        SILENCE.as_secs_f64(),
        own
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.rollback().await?;
    Ok(ended.unwrap_or_default())
}

/// Puts what was begun last in the future to now. The queue begins what is due by the leader's clock: after one that was ahead,
/// nothing would be begun until then.
///
/// # Errors
/// When the database does not answer.
async fn put_back(services: &Services) -> Result<()> {
    sqlx::query!(
        "update awa.cron_jobs set last_enqueued_at = clock_timestamp()
         where last_enqueued_at > clock_timestamp() + interval '1 minute'"
    )
    .execute(services.db.system().pool())
    .await?;
    Ok(())
}
