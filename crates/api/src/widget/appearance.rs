use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{Error, channels};
use serde::{Deserialize, Serialize};
use types::widget::WidgetAppearance;

use super::{domains, translation};
use crate::{Api, ApiError, answer::Data, error::ApiResult};

/// What the loader says about its page.
#[derive(Deserialize)]
pub(super) struct Surroundings {
    lang: Option<String>,
}

/// What the loader needs to draw the button.
#[derive(Serialize)]
struct LoaderAppearance {
    #[serde(flatten)]
    appearance: WidgetAppearance,
    labels: Labels,
}

#[derive(Serialize)]
struct Labels {
    open: &'static str,
    close: &'static str,
    unread: &'static str,
}

/// `GET /widget/api/appearance/{key}`: asked by the loader from the customer's page, so by any origin that the channel
/// allows. Refusals are readable across origins too, so that the page's owner learns the reason.
pub(super) async fn show(
    State(api): State<Api>,
    Path(key): Path<String>,
    Query(around): Query<Surroundings>,
    headers: HeaderMap,
) -> Response {
    let mut response = match find(&api, &key, around.lang.as_deref(), &headers).await {
        Ok(appearance) => {
            let cache = [(header::CACHE_CONTROL, "public, max-age=60"), (header::VARY, "origin, accept-language")];
            (cache, Data(appearance)).into_response()
        }
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn find(api: &Api, key: &str, lang: Option<&str>, headers: &HeaderMap) -> ApiResult<LoaderAppearance> {
    let widget = channels::widget(&api.services, key).await?;
    if !domains::allows(&widget.allowed_domains, headers) {
        return Err(ApiError::from(Error::Refused("this site is not among the channel's allowed domains")));
    }
    let language = translation::choose(lang, &widget.appearance.language, headers);
    let labels = Labels { open: language.text("open"), close: language.text("close"), unread: language.text("unread") };
    Ok(LoaderAppearance { appearance: widget.appearance, labels })
}
