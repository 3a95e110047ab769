use axum::extract::{Path, State};
use domain::visitors;
use types::id::ChunkId;

use crate::{Api, answer::Data, error::ApiResult, extract::VisitorAuth};

/// `GET /widget/api/passages/{chunk_id}`: the text that a citation of the visitor's own conversation points at, with
/// what stands around it.
pub(super) async fn show(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    Path(chunk): Path<ChunkId>,
) -> ApiResult<Data<visitors::PassageSource>> {
    Ok(Data(visitors::passage(&api.services, &visitor, chunk).await?))
}
