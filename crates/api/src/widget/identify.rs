use axum::extract::State;
use domain::visitors;
use serde::Deserialize;
use types::widget::{Identify, WidgetSession};

use crate::{
    Api,
    answer::Data,
    error::ApiResult,
    extract::{ApiJson, VisitorAuth},
};

/// `POST /widget/api/identify`: the page says who the visitor is.
pub(super) async fn identify(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    ApiJson(input): ApiJson<Identify>,
) -> ApiResult<Data<WidgetSession>> {
    Ok(Data(visitors::identify(&api.services, &visitor, input).await?))
}

#[derive(Deserialize)]
pub(super) struct Email {
    email: String,
}

/// `POST /widget/api/email`: the visitor leaves an address for the answer.
pub(super) async fn leave_email(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    ApiJson(input): ApiJson<Email>,
) -> ApiResult<Data<()>> {
    visitors::set_email(&api.services, &visitor, &input.email).await?;
    Ok(Data(()))
}
