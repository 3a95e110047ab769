use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A successful answer: `{"success": true, "data": …}`.
pub(crate) struct Data<T>(pub(crate) T);

/// The body of a successful response.
#[derive(Serialize, ToSchema)]
pub(crate) struct One<T> {
    success: bool,
    data: T,
}

impl<T> One<T> {
    /// Around what was asked for.
    pub(crate) fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        Json(One::of(self.0)).into_response()
    }
}
