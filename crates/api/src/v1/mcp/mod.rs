//! The same verbs for agents of others, over the Model Context Protocol (<https://modelcontextprotocol.io>): Streamable
//! HTTP at `/mcp`, without sessions. An API key signs in; its scopes and limits are those of the REST API.

mod contacts;
mod conversations;
mod knowledge;
mod outcome;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use rmcp::{
    ServerHandler,
    handler::server::router::tool::ToolRouter,
    model::{Implementation, ServerCapabilities, ServerConfig},
    tool_handler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};

use super::{Caller, guard};
use crate::{Api, ApiError};

const INSTRUCTIONS: &str = "\
Biseda is a company's inbox, contacts and knowledge. Replies go to the customer; notes are for colleagues only. Look at a \
conversation's messages before you reply.";

/// The tools, for whoever calls: the caller stands in the request.
#[derive(Clone)]
struct Tools {
    router: ToolRouter<Self>,
}

impl Tools {
    fn new() -> Self {
        Self { router: Self::conversations() + Self::contacts() + Self::knowledge() }
    }
}

#[tool_handler(router = self.router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("biseda", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }
}

pub(super) fn routes(api: &Api) -> Router<Api> {
    // Every request says who asks with a key that no browser sends by itself: any host and any origin may ask.
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let tools = Tools::new();
    let service: StreamableHttpService<Tools, LocalSessionManager> =
        StreamableHttpService::new(move || Ok(tools.clone()), Default::default(), config);
    Router::new()
        .route_service("/mcp", service)
        .route_layer(middleware::from_fn(programs_only))
        .route_layer(middleware::from_fn_with_state(api.clone(), guard::guard))
}

/// Middleware: refuses the session's cookie, which a page of another site could make a browser send.
async fn programs_only(caller: Caller, request: Request, next: Next) -> Response {
    match caller.session {
        None => next.run(request).await,
        Some(_) => ApiError::from(domain::Error::Unauthenticated).into_response(),
    }
}
