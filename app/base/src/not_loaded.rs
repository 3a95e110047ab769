//! What happens when the file of a page does not come: the connection is away, or the server has been replaced and its files
//! with it.

use js_sys::{Date, Promise};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation, tachys::reactive_graph::OwnedView};
use leptos_router::ChooseView;
use types::error::{ErrorCode, OUTDATED};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response};

use crate::{AppError, ErrorView, LazyPage};

/// Before a file is asked for again of which the server's document has no need yet.
const NEXT_TRY_MS: i32 = 2_000;
/// When the tab was last loaded anew for a missing file.
const RELOADED_AT: &str = "biseda.reloaded_at";
/// It is not done again within this time.
const PAUSE_MS: f64 = 60_000.0;

/// What stands in place of the page: what is wrong, with a button that tries again. The tab and what was typed in it stay. Only
/// where the server has no such file any more, the tab is loaded anew.
pub(crate) async fn not_loaded(page: LazyPage) -> AnyView {
    let error = if is_replaced().await {
        reload();
        AppError::new(ErrorCode::Conflict, OUTDATED)
    } else {
        AppError::offline()
    };
    let loaded = RwSignal::new_local(None);
    let is_trying = StoredValue::new(false);
    // A click belongs to nothing; the page is made where it would have been. This holds the callback, which must not hold it.
    let owner = Owner::current().unwrap_or_default().downgrade();
    let on_retry = Callback::new(move |()| {
        let Some(owner) = owner.upgrade().filter(|_| !is_trying.get_value()) else { return };
        is_trying.set_value(true);
        let load = async move { loaded.set(Some(OwnedView::new(page.choose().await).into_any())) };
        owner.child().with(|| spawn_local_scoped_with_cancellation(load));
    });
    let shown = move || {
        loaded.track();
        let view = loaded.try_update_untracked(Option::take).flatten();
        view.unwrap_or_else(|| view! { <ErrorView error=error.clone() on_retry /> }.into_any())
    };
    shown.into_any()
}

/// Waits until a file that did not come may be asked for again.
pub(crate) async fn before_next_try() {
    if is_replaced().await {
        reload();
    }
    let pause = Promise::new(&mut |done, _| {
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, NEXT_TRY_MS);
    });
    _ = JsFuture::from(pause).await;
}

/// Whether the script has taken the page over.
pub(crate) fn is_taken_over() -> bool {
    document().document_element().is_some_and(|html| html.has_attribute("data-hydrated"))
}

/// Whether the server answers, and has the files of this page's version no more: they are in one folder, with the style.
async fn is_replaced() -> bool {
    let style = document().get_element_by_id("style").and_then(|style| style.get_attribute("href"));
    let options = RequestInit::new();
    options.set_method("HEAD");
    options.set_cache(RequestCache::NoStore);
    let answer = JsFuture::from(window().fetch_with_str_and_init(&style.unwrap_or_default(), &options)).await;
    answer.is_ok_and(|answer| answer.unchecked_into::<Response>().status() == 404)
}

fn reload() {
    let Ok(Some(storage)) = window().session_storage() else { return };
    let last = storage.get_item(RELOADED_AT).ok().flatten().map_or(0.0, |at| Date::parse(&at));
    if Date::now() - last > PAUSE_MS {
        _ = storage.set_item(RELOADED_AT, &String::from(Date::new_0().to_iso_string()));
        _ = location().reload();
    }
}
