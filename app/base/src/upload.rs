//! Files on their way to the server, which no server function takes.

use leptos::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, RequestInit, Response};

use crate::{AppError, own};

/// What the server answers.
#[derive(Deserialize)]
struct Taken<T> {
    data: T,
}

/// What the server answers when it does not take the file.
#[derive(Deserialize)]
struct Refused {
    error: AppError,
}

/// Sends a form with a file, and gives what the server made of it.
///
/// # Errors
/// The server's reason, where it gave one.
pub async fn upload<T: DeserializeOwned>(path: &str, form: &FormData) -> Result<T, Option<AppError>> {
    let wrong = |_: JsValue| None;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(form);
    let request = window().fetch_with_str_and_init(&own(path), &init);
    let response: Response = JsFuture::from(request).await.map_err(wrong)?.dyn_into().map_err(wrong)?;
    let text = JsFuture::from(response.text().map_err(wrong)?).await.map_err(wrong)?.as_string().unwrap_or_default();
    if response.ok() {
        return serde_json::from_str(&text).map(|Taken { data }| data).map_err(|_| None);
    }
    Err(serde_json::from_str(&text).ok().map(|Refused { error }| error))
}
