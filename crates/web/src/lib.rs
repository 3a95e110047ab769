//! The dashboard's program in the browser: takes over the page that the server rendered.

use leptos::{
    mount::hydrate_from_async,
    prelude::{document, request_animation_frame},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once this file has loaded. Resolves when every part of the page is taken over, and marks it
/// then: from here on clicks and keys reach the program.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(body) = document().body() else { return };
    hydrate_from_async(body, app::App).await.forget();
    // In the next frame, after the effects, which are only queued yet.
    request_animation_frame(|| {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-hydrated", "true");
        }
    });
}
