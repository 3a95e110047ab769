use http::request::Parts;
use rmcp::{
    ErrorData,
    model::{CallToolResult, ContentBlock},
};
use serde::Serialize;
use types::page::Page;

use super::super::Caller;
use crate::{ApiError, error::ApiResult};

/// Does what a tool does for the one who calls it, and gives the data as JSON, or the error in the form of the REST API, which
/// the model can read and mend.
pub(super) async fn told<T: Serialize>(
    parts: &Parts,
    work: impl AsyncFnOnce(Caller) -> ApiResult<T>,
) -> Result<CallToolResult, ErrorData> {
    let caller = parts.extensions.get::<Caller>().cloned();
    let caller = caller.ok_or_else(|| ErrorData::internal_error("nobody has signed in", None))?;
    match work(caller).await {
        Ok(data) => {
            let data = serde_json::to_value(data).map_err(|_| ErrorData::internal_error("no JSON", None))?;
            Ok(CallToolResult::structured(data))
        }
        Err(error) => Ok(CallToolResult::error(vec![ContentBlock::text(refusal(&error))])),
    }
}

fn refusal(error: &ApiError) -> String {
    error.told()["error"].to_string()
}

/// A part of a list, as an object.
#[derive(Serialize)]
pub(super) struct Listed<T> {
    items: Vec<T>,
    /// How many match, counted up to a bound.
    total: i64,
}

impl<T> From<Page<T>> for Listed<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, total: page.total }
    }
}
