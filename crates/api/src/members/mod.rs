//! What the dashboard needs beside its pages: the live socket, files and uploads.

mod files;
mod live;
mod uploads;

use axum::{Router, routing::get};

use crate::Api;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/live", get(live::connect))
        .route("/files/{attachment_id}", get(files::download))
        .merge(uploads::routes())
}
