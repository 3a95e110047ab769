//! What the audit page asks of the server.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{
    audit::{AuditEntry, AuditFilter},
    page::Page,
};
#[cfg(feature = "ssr")]
use {base::server, domain::audit};

/// One page of the log.
#[server(input = Json)]
pub async fn load_audit(filter: AuditFilter) -> Result<Page<AuditEntry>, AppError> {
    let services = server::services()?;
    // What the member has just done shows.
    audit::seal(&services).await?;
    let mut cx = server::cx().await?;
    Ok(audit::list(&mut cx, &filter).await?)
}

/// The number of the first row that is not as it was written, if there is one.
#[server]
pub async fn verify_audit() -> Result<Option<i64>, AppError> {
    let mut cx = server::cx().await?;
    Ok(audit::verify(&mut cx).await?)
}
