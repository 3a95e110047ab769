//! The same done to many things, with a result for each.

use std::collections::HashMap;

use domain::{Cx, Error};
use serde::Serialize;
use types::error::{ErrorCode, FieldError, FieldRule};
use utoipa::ToSchema;
use uuid::Uuid;

/// The most things in one request.
const MOST: usize = 100;

/// The outcome for one item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BulkResult {
    id: Uuid,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<BulkError>,
}

/// Why nothing was done to the item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BulkError {
    code: ErrorCode,
    message: String,
    details: Vec<FieldError>,
}

/// The results of one request, as they come in. [`Bulk::order`] gives the things; [`Bulk::note`] takes what became of each.
pub(super) struct Bulk {
    asked: Vec<Uuid>,
    results: HashMap<Uuid, BulkResult>,
}

impl Bulk {
    /// # Errors
    /// Validation of `ids`, which are 1 to 100.
    pub(super) fn of<Id: Copy + Into<Uuid>>(ids: &[Id]) -> domain::Result<Self> {
        if ids.is_empty() {
            return Err(Error::rule("ids", FieldRule::Missing));
        }
        if ids.len() > MOST {
            return Err(Error::limit("ids", FieldRule::TooMany, MOST));
        }
        Ok(Self { asked: ids.iter().map(|id| (*id).into()).collect(), results: HashMap::new() })
    }

    /// Each thing once, by id: so two requests never wait for each other.
    pub(super) fn order<Id: From<Uuid>>(&self) -> Vec<Id> {
        let mut order = self.asked.clone();
        order.sort_unstable();
        order.dedup();
        order.into_iter().map(Id::from).collect()
    }

    /// Keeps what became of a thing since [`Cx::savepoint`]. What failed is taken back without the rest.
    ///
    /// # Errors
    /// Whatever refuses all of them: a missing permission, a fault of ours.
    pub(super) async fn note<T>(
        &mut self,
        cx: &mut Cx,
        id: impl Into<Uuid>,
        outcome: domain::Result<T>,
    ) -> domain::Result<()> {
        let error = match outcome {
            Ok(_) => None,
            Err(error @ (Error::Forbidden(_) | Error::Internal(_) | Error::Unavailable(_) | Error::TookTooLong)) => {
                return Err(error);
            }
            Err(error) => {
                cx.rollback_to_savepoint().await?;
                Some(BulkError { code: error.code(), message: error.to_string(), details: error.details().to_vec() })
            }
        };
        let id = id.into();
        self.results.insert(id, BulkResult { id, success: error.is_none(), error });
        Ok(())
    }

    /// The results in the order of the request.
    pub(super) fn results(&self) -> Vec<BulkResult> {
        self.asked.iter().filter_map(|id| self.results.get(id).cloned()).collect()
    }
}
