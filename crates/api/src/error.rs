use std::sync::Arc;

use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Error;
use maud::{DOCTYPE, html};
use serde::Serialize;
use types::error::{ErrorCode, FieldError};

/// The header that carries a request's id, set by the application's outermost layer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An error of a verb on its way to the one who asked.
#[derive(Debug, Clone)]
pub struct ApiError(Arc<Error>);

/// What handlers give.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    success: bool,
    error: Failure<'a>,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: ErrorCode,
    message: String,
    details: &'a [FieldError],
    request_id: Option<&'a str>,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        if matches!(*self.0, Error::NoRoom) {
            return StatusCode::INSUFFICIENT_STORAGE;
        }
        StatusCode::from_u16(self.0.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether how things stand forbids it.
    pub(crate) fn is_conflict(&self) -> bool {
        self.status() == StatusCode::CONFLICT
    }

    /// The error as a small page with a way back, for a form that was sent without a script.
    pub(crate) fn page(&self, back: &str) -> Response {
        if self.status().is_server_error() {
            tracing::error!(error = ?self.0, "request failed");
        }
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; title { "That did not work" } }
                body { p { (self.message()) } p { a href=(back) { "Back" } } }
            }
        };
        (self.status(), page).into_response()
    }

    fn message(&self) -> String {
        // A fault of ours shows its number and nothing else: the cause may name what is nobody's business.
        match &*self.0 {
            Error::Internal(_) => "something went wrong on our side; the request id finds it in our log".to_owned(),
            Error::Unavailable(_) => "this is not available right now; try again".to_owned(),
            other => other.to_string(),
        }
    }

    /// What the answer says.
    fn body<'a>(&'a self, request_id: Option<&'a str>) -> Body<'a> {
        let failure = Failure { code: self.0.code(), message: self.message(), details: self.0.details(), request_id };
        Body { success: false, error: failure }
    }

    /// What the answer says, for an answer that has begun already. Logs our own faults.
    pub(crate) fn told(&self) -> serde_json::Value {
        if self.status().is_server_error() {
            tracing::error!(error = ?self.0, "a stream failed");
        }
        serde_json::to_value(self.body(None)).unwrap_or_default()
    }

    fn response(&self, request_id: Option<&str>) -> Response {
        let mut response = (self.status(), Json(self.body(request_id))).into_response();
        if let Error::RateLimited { retry_after_seconds } = &*self.0 {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
        }
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.response(None);
        response.extensions_mut().insert(self);
        response
    }
}

/// Middleware: puts the request's id into error answers and logs our own faults with their cause.
pub async fn render_errors(request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else { return response };
    if error.status().is_server_error() {
        tracing::error!(request_id = id.as_deref(), %method, path, error = ?error.0, "request failed");
    }
    // What the handler has added (CORS) stays; the body is made anew with the id in it.
    let (mut parts, body) = error.response(id.as_deref()).into_parts();
    for (name, value) in response.headers() {
        if !parts.headers.contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
            parts.headers.append(name, value.clone());
        }
    }
    Response::from_parts(parts, body)
}
