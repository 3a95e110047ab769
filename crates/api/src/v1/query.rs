use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use domain::Error;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;
use uuid::Uuid;

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
    /// Comma-separated names, such as `id,name`: entries contain only these fields. Unknown names are ignored.
    pub(super) fields: Option<String>,
}

/// Going through a whole list, however long.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Walk {
    /// Reads everything that matches in the order of creation, however much there is and even while it changes: empty to
    /// begin, then the `next_cursor` of the previous part. `sort` and `page` must be omitted.
    #[param(pattern = "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]
    cursor: Option<String>,
}

impl Walk {
    /// The id after which to go on, `None` inside to begin; `None` when pages were asked for.
    ///
    /// # Errors
    /// Validation of a cursor that no list has given, and of one beside an order or a page.
    pub(super) fn after(&self, is_paged: bool) -> domain::Result<Option<Option<Uuid>>> {
        let Some(cursor) = self.cursor.as_deref() else { return Ok(None) };
        if is_paged {
            return Err(Error::invalid("cursor", "follows the order of creation: leave out sort and page"));
        }
        if cursor.is_empty() {
            return Ok(Some(None));
        }
        Uuid::parse_str(cursor).map(|id| Some(Some(id))).map_err(|_| no_cursor("cursor"))
    }
}

fn no_cursor(field: &str) -> Error {
    Error::invalid(field, "is not one that a list has returned")
}

/// The number behind a cursor that a list gave.
///
/// # Errors
/// Validation when it is none.
pub(super) fn number(field: &str, text: Option<&str>) -> domain::Result<Option<i64>> {
    let number = text.map(str::parse).transpose();
    number.map_err(|_| no_cursor(field))
}
