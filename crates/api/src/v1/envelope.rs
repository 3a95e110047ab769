use std::sync::Arc;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer, ser::Error};
use types::page::{Page, clamp};
use utoipa::ToSchema;
use uuid::Uuid;

/// A successful response with a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Many<T> {
    success: bool,
    data: Vec<T>,
    meta: Meta,
}

/// Which part of a list this is.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Meta {
    /// Number of this page, starting at 1; absent if a cursor is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<i64>,
    /// Entries per page.
    limit: i64,
    /// Number of matching entries; counting stops at 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// The `cursor` of the next part; absent if this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl<T> Many<T> {
    /// A page of a list that is short enough to be read whole.
    pub(super) fn part(items: Vec<T>, page: Option<i64>, limit: Option<i64>) -> Self {
        let (page, limit, offset) = clamp(page, limit);
        let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let (offset, count) = (usize::try_from(offset).unwrap_or_default(), usize::try_from(limit).unwrap_or_default());
        let items = items.into_iter().skip(offset).take(count).collect();
        Page { items, total, page, limit }.into()
    }

    /// A part of a walk through a list: when it is full, it goes on after its last entry.
    pub(super) fn walked(items: Vec<T>, limit: Option<i64>, id: impl Fn(&T) -> Uuid) -> Self {
        let (_, limit, _) = clamp(None, limit);
        let is_full = i64::try_from(items.len()).is_ok_and(|count| count == limit);
        let next = items.last().filter(|_| is_full).map(|last| id(last).to_string());
        Self::until(items, limit, next)
    }

    /// A part of a list that goes on after a cursor.
    pub(super) fn until(items: Vec<T>, limit: i64, next_cursor: Option<String>) -> Self {
        Self { success: true, data: items, meta: Meta { limit, next_cursor, ..Meta::default() } }
    }

    /// The same with these fields of each entry, which stand with commas between; all when nothing is said.
    pub(super) fn only(self, fields: Option<&str>) -> Many<Sparse<T>> {
        let fields: Option<Arc<[String]>> =
            fields.map(|fields| fields.split(',').map(|name| name.trim().into()).collect());
        let data = self.data.into_iter().map(|entry| Sparse { entry, fields: fields.clone() }).collect();
        Many { success: self.success, data, meta: self.meta }
    }
}

/// An entry of which some fields may have been asked for.
pub(super) struct Sparse<T> {
    entry: T,
    fields: Option<Arc<[String]>>,
}

impl<T: Serialize> Serialize for Sparse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(wanted) = &self.fields else { return self.entry.serialize(serializer) };
        let mut entry = serde_json::to_value(&self.entry).map_err(S::Error::custom)?;
        if let Some(fields) = entry.as_object_mut() {
            fields.retain(|name, _| wanted.contains(name));
        }
        entry.serialize(serializer)
    }
}

impl<T> From<Page<T>> for Many<T> {
    fn from(page: Page<T>) -> Self {
        let meta = Meta { page: Some(page.page), limit: page.limit, total: Some(page.total), next_cursor: None };
        Self { success: true, data: page.items, meta }
    }
}

impl<T: Serialize> IntoResponse for Many<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}
