use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use domain::Error;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::ApiError;

/// The query of an address; what does not fit is refused in the form that all our errors have.
pub(super) struct ApiQuery<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Error::invalid("query", rejection.body_text()).into()),
        }
    }
}

/// The ids in an address.
pub(super) struct ApiPath<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(path)) => Ok(Self(path)),
            Err(rejection) => Err(Error::invalid("path", rejection.body_text()).into()),
        }
    }
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    pub(super) page: Option<i64>,
    pub(super) limit: Option<i64>,
}

/// Which fields of each entry.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Fields {
    /// Names with commas between, such as `id,name`: each entry has these fields only. Names that no entry has are left
    /// out.
    pub(super) fields: Option<String>,
}

/// The number behind a cursor that a list gave.
///
/// # Errors
/// Validation when it is none.
pub(super) fn number(field: &str, text: Option<&str>) -> domain::Result<Option<i64>> {
    let number = text.map(str::parse).transpose();
    number.map_err(|_| Error::invalid(field, "is none that a list has given"))
}
