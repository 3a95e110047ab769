use std::time::Duration;

use js_sys::{Function, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};

use crate::{Icon, icons, use_toasts};

/// How long the button says that the text is copied.
const SAYS_SO: Duration = Duration::from_secs(2);

/// Copies a text to the clipboard and says so. Where the browser does not let it, the text is selected, to be copied by
/// hand.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// Id of the element that shows the text.
    shown_in: &'static str,
    #[prop(into)] label: TextProp,
    #[prop(into)] copied_label: TextProp,
    /// That nothing was copied.
    #[prop(into)]
    failed_label: TextProp,
) -> impl IntoView {
    let toasts = use_toasts();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let (text, failed_label) = (text.get_untracked(), failed_label.clone());
        spawn_local(async move {
            if write_to_clipboard(&text).await.is_ok() {
                copied.set(true);
                set_timeout(move || copied.set(false), SAYS_SO);
            } else {
                select(shown_in);
                toasts.error(failed_label.get().to_string());
            }
        });
    };
    view! {
        <button type="button" class="btn btn-ghost btn-sm" on:click=copy>
            {move || view! { <Icon glyph=if copied.get() { icons::CHECK } else { icons::COPY } /> }}
            <span aria-live="polite">{move || if copied.get() { copied_label.get() } else { label.get() }}</span>
        </button>
    }
}

/// Puts a text on the clipboard. Browsers have none for pages without HTTPS, and may ask the person.
async fn write_to_clipboard(text: &str) -> Result<(), JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let clipboard = Reflect::get(&navigator, &"clipboard".into())?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
    let promise: Promise = write.call1(&clipboard, &text.into())?.dyn_into()?;
    promise.await?;
    Ok(())
}

/// Selects what an element holds.
fn select(id: &str) {
    let selection = window().get_selection().ok().flatten();
    if let (Some(selection), Some(element)) = (selection, document().get_element_by_id(id)) {
        _ = selection.select_all_children(&element);
    }
}
