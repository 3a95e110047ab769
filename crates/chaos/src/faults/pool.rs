//! The pool of connections, which those exhaust who wait for a lock.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::future::join_all;
use sqlx::PgConnection;
use tokio::time::{sleep, timeout};

use crate::{
    client::{Client, Request},
    stage::Stage,
};

pub const EXHAUSTED: &str = "pool of connections exhausted";
/// Counted instead when nobody was told that there is no connection.
const LEFT: &str = "writes held up, connections left";

/// Writes are held up for so long, or until each web node has said that it has no connection.
const HELD: Duration = Duration::from_secs(12);
/// The program waits five seconds for a connection. A refusal that came much sooner has another cause, such as a
/// connection that the last restart has broken.
const WAITED: Duration = Duration::from_secs(4);
/// Between two looks at the lock, or at a node.
const LOOK: Duration = Duration::from_millis(200);

/// Nothing can be written for a while: whoever tries keeps its connection, until there is none left. That counts when
/// somebody was turned away who only wanted to read, which the lock does not hinder.
pub(super) async fn exhaust(stage: &Stage) {
    stage.strain.fetch_add(1, Ordering::SeqCst);
    let held = hold_up(stage).await;
    stage.strain.fetch_add(1, Ordering::SeqCst);
    // A database that is killed meanwhile ends the lock, and what was seen says nothing.
    if let Ok(is_exhausted) = held {
        stage.troubled(if is_exhausted { EXHAUSTED } else { LEFT });
    }
    sleep(Duration::from_secs(1)).await;
}

/// Holds writes up, and says whether the connections of a web node ran out meanwhile.
///
/// # Errors
/// When the lock was lost, or never had.
async fn hold_up(stage: &Stage) -> anyhow::Result<bool> {
    let mut tx = stage.database.owner.begin().await?;
    sqlx::query("lock table messages, contacts in exclusive mode").execute(&mut *tx).await?;
    let is_exhausted = tokio::select! {
        said = is_said(stage) => said?,
        error = lost(&mut tx) => return Err(error.into()),
    };
    tx.rollback().await?;
    Ok(is_exhausted)
}

/// Waits until the connection is lost.
async fn lost(connection: &mut PgConnection) -> sqlx::Error {
    loop {
        sleep(LOOK).await;
        if let Err(error) = sqlx::query("select 1").execute(&mut *connection).await {
            return error;
        }
    }
}

/// Whether a web node has said that there is no connection. Waits for each of them.
async fn is_said(stage: &Stage) -> anyhow::Result<bool> {
    let clients = stage.webs.iter().map(|web| {
        let client = Client::new(&format!("http://{}", web.address), stage.ledger.clone(), "198.18.5.1")?;
        anyhow::Ok(client.with("authorization", format!("Bearer {}", stage.organization.api_key)))
    });
    let clients = clients.collect::<anyhow::Result<Vec<_>>>()?;
    let each = clients.iter().map(async |client| timeout(HELD, until_turned_away(client)).await.is_ok());
    Ok(join_all(each).await.contains(&true))
}

/// Reads again and again, until no connection was to be had for it.
async fn until_turned_away(client: &Client) {
    loop {
        let begun = Instant::now();
        let answer = client.once(&Request::get("/api/v1/channels"), HELD).await;
        if matches!(answer, Some((503, ..))) && begun.elapsed() > WAITED {
            return;
        }
        sleep(LOOK).await;
    }
}
