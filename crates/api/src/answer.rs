use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// A successful answer: `{"success": true, "data": …}`.
pub(crate) struct Data<T>(pub(crate) T);

#[derive(Serialize)]
struct Body<T> {
    success: bool,
    data: T,
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        Json(Body { success: true, data: self.0 }).into_response()
    }
}
