//! What the dashboard needs beside its pages: the live socket, files and uploads.

mod files;
mod live;
mod uploads;

use axum::{
    Router,
    routing::{get, post},
};

use crate::Api;

pub(crate) fn routes() -> Router<Api> {
    let uploads = Router::new()
        .route("/uploads/knowledge", post(uploads::knowledge))
        .route("/uploads/{conversation_id}", post(uploads::conversation))
        .layer(uploads::body_limit());
    Router::new()
        .route("/live", get(live::connect))
        .route("/files/{attachment_id}", get(files::download))
        .merge(uploads)
}
