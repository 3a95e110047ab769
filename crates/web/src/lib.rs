//! The dashboard's program in the browser: takes over the page that the server rendered.

use std::panic::{self, PanicHookInfo};

use leptos::{
    mount::hydrate_from_async,
    prelude::{document, location, request_animation_frame, window},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// When the tab was last loaded anew for a missing file, in milliseconds.
const RELOADED_AT: &str = "biseda.reloaded_at";
/// It is not done again within this time.
const PAUSE_MS: f64 = 60_000.0;

/// Called by the page once this file has loaded. Resolves when every part of the page is taken over, and marks it
/// then: from here on clicks and keys reach the program.
#[wasm_bindgen]
pub async fn hydrate() {
    panic::set_hook(Box::new(on_panic));
    let Some(body) = document().body() else { return };
    hydrate_from_async(body, app::App).await.forget();
    // In the next frame, after the effects, which are only queued yet.
    request_animation_frame(|| {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-hydrated", "true");
        }
    });
}

/// Logs the panic. When a page's file cannot be loaded, as after an update of the server, the page is loaded anew as a
/// whole.
fn on_panic(panic: &PanicHookInfo) {
    console_error_panic_hook::hook(panic);
    let Ok(Some(storage)) = window().session_storage() else { return };
    let is_missing_file = panic.to_string().contains("SplitLoaderError");
    let now = js_sys::Date::now();
    let last = storage.get_item(RELOADED_AT).ok().flatten().and_then(|at| at.parse().ok()).unwrap_or(0.0);
    if is_missing_file && now - last > PAUSE_MS {
        _ = storage.set_item(RELOADED_AT, &now.to_string());
        _ = location().reload();
    }
}
