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

/// Adds a canned answer, or changes the one of this id.
#[server]
pub async fn save_canned(#[server(default)] id: String, shortcut: String, content: String) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    match id.parse() {
        Ok(id) => canned_responses::update(&mut cx, id, &shortcut, &content).await?,
        Err(_) => canned_responses::create(&mut cx, &shortcut, &content).await?,
    };
    server::services()?.commit(cx).await?;
    Ok(())
}

/// Removes a canned answer.
#[server]
pub async fn delete_canned(id: CannedResponseId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    canned_responses::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    Ok(())
}
