//! What the dashboard needs beside its pages: the live socket, files, exports and uploads.

mod exports;
mod files;
mod live;
mod uploads;

use axum::{Router, routing::get};

use crate::Api;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/live", get(live::connect))
        .route("/exports/audit.csv", get(exports::audit))
        .route("/files/{attachment_id}", get(files::download))
        .merge(uploads::routes())
}
