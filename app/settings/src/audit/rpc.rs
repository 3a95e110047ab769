//! What the audit page asks of the server.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{audit::AuditEntry, page::Page};
#[cfg(feature = "ssr")]
use {base::server, domain::audit, types::audit::AuditFilter};

use super::Query;

/// One page of the log.
#[server(input = Json)]
pub async fn load_audit(query: Query) -> Result<Page<AuditEntry>, AppError> {
    let services = server::services()?;
    // What the member has just done shows.
    audit::seal(&services).await?;
    let mut cx = server::cx().await?;
    let filter = audit::filter_of_days(&mut cx, &query.action, &query.from, &query.until).await?;
    Ok(audit::list(&mut cx, &AuditFilter { page: query.page.parse().ok(), ..filter }).await?)
}

/// The number of the first row that is not as it was written, if there is one.
#[server]
pub async fn verify_audit() -> Result<Option<i64>, AppError> {
    let mut cx = server::cx().await?;
    Ok(audit::verify(&mut cx).await?)
}
