use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use domain::Error;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// A JSON body; what is no JSON of this shape is refused in the form that all our errors have.
pub(crate) struct ApiJson<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Error::TooLarge("the request is larger than allowed".into()).into())
            }
            Err(rejection) => Err(Error::invalid("body", rejection.body_text()).into()),
        }
    }
}
