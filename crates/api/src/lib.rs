//! What programs and browsers reach over HTTP beside the dashboard's pages: the REST API, the widget's page and
//! endpoints, the members' live socket, files and uploads. Handlers parse, call a verb of `domain`, and shape the answer.

mod answer;
mod csrf;
mod error;
mod extract;
mod file;
mod if_none_match;
mod live;
mod members;
pub mod rate_limit;
mod retry;
mod state;
pub mod v1;
mod widget;

use axum::{Router, middleware};
pub use csrf::csrf;
pub use error::{ApiError, render_errors};
pub use extract::{ClientIp, bearer, session_token};
pub use retry::retry_deadlocks;
pub use state::{API_REQUESTS_PER_MINUTE, Api};

/// Every route of this crate. The caller adds what the whole application has: request ids, [`csrf`], time limits,
/// compression, and [`ClientIp`] when a proxy stands in front.
pub fn router(api: impl Into<Api>) -> Router {
    let api = api.into();
    Router::new()
        .merge(widget::routes())
        .merge(members::routes())
        .merge(v1::routes(&api))
        .with_state(api)
        .layer(middleware::from_fn(retry_deadlocks))
        .layer(middleware::from_fn(render_errors))
}
