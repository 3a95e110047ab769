//! The dashboard's program in the browser: takes over the page that the server rendered.

use std::panic::PanicHookInfo;

use leptos::{
    mount::hydrate_from_async,
    prelude::{document, request_animation_frame},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once this file has loaded. Resolves when every part of the page is taken over, and marks it
/// then: from here on clicks and keys reach the program.
#[wasm_bindgen]
pub async fn hydrate() {
    std::panic::set_hook(Box::new(stopped));
    let Some(body) = document().body() else { return };
    hydrate_from_async(body, app::App).await.forget();
    // In the next frame, after the effects, which are only queued yet.
    request_animation_frame(|| {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-hydrated", "true");
        }
    });
}

/// Says in the console what went wrong, and on the screen that nothing here will answer any more.
fn stopped(panic: &PanicHookInfo<'_>) {
    console_error_panic_hook::hook(panic);
    if let Some(notice) = document().get_element_by_id("stopped") {
        _ = notice.remove_attribute("hidden");
    }
}
