//! The widget: its page, what its button looks like, and the endpoints that its script calls.

mod appearance;
mod color;
mod domains;
mod files;
mod identify;
mod live;
mod messages;
mod page;
mod passages;
mod session;
mod translation;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, post},
};

use crate::Api;

/// The largest JSON body: the longest message with room for its marks.
const MAX_JSON_BYTES: usize = 128 * 1024;

pub(crate) fn routes() -> Router<Api> {
    let api = Router::new()
        .route("/appearance/{key}", get(appearance::show))
        .route("/session", post(session::start))
        .route("/identify", post(identify::identify))
        .route("/conversation", get(session::conversation))
        .route("/messages", get(messages::list).post(messages::send))
        .route("/read", post(messages::mark_read))
        .route("/email", post(identify::leave_email))
        .route("/person", post(session::request_person))
        .route("/end", post(session::end))
        .route("/restart", post(session::restart))
        .route("/passages/{chunk_id}", get(passages::show))
        .route("/files/{attachment_id}", get(files::download))
        .route("/uploads/{attachment_id}", delete(files::discard))
        .route("/live", get(live::connect))
        .layer(DefaultBodyLimit::max(MAX_JSON_BYTES))
        .merge(files::upload_route());
    Router::new().route("/widget/{key}", get(page::show)).nest("/widget/api", api)
}
