//! Canned answers.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{id::CannedResponseId, message::CannedResponse};
#[cfg(feature = "ssr")]
use {base::server, domain::canned_responses};

/// The canned answers by shortcut.
#[server(input = Json)]
pub async fn list_canned() -> Result<Vec<CannedResponse>, AppError> {
    let mut cx = server::cx().await?;
    Ok(canned_responses::list(&mut cx).await?)
}

/// Adds a canned answer, or changes the one of this id, and says when that was. `shown` is when the one that the form shows
/// had last been changed, in microseconds.
#[server]
pub async fn save_canned(
    #[server(default)] id: String,
    #[server(default)] shown: String,
    shortcut: String,
    content: String,
) -> Result<i64, AppError> {
    let mut cx = server::cx().await?;
    let saved = match id.parse() {
        Ok(id) => canned_responses::update(&mut cx, id, shown.parse().ok(), &shortcut, &content).await?,
        Err(_) => canned_responses::create(&mut cx, &shortcut, &content).await?,
    };
    server::services()?.commit(cx).await?;
    Ok(saved.updated_at.timestamp_micros())
}

/// Removes a canned answer.
#[server]
pub async fn delete_canned(id: CannedResponseId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    canned_responses::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    Ok(())
}
