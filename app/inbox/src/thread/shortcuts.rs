use i18n::*;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    composer::TEXT_ID,
    header::ASSIGNEE_ID,
    snooze::MENU_ID,
    state::{Mode, ThreadState},
};
use crate::rpc::StateChange;

/// The keys that act on the open thread.
pub fn register(state: ThreadState) {
    let i18n = use_i18n();
    let add = |keys, label: &'static str, handler: Box<dyn Fn()>| {
        let handler = move || {
            if untrack(|| state.is_open()) {
                handler();
            }
        };
        base::shortcuts::shortcut(keys, label, tu_string!(i18n, inbox.title), handler);
    };
    let write = move |mode| {
        state.mode.set(mode);
        focus(TEXT_ID);
    };
    add("r", tu_string!(i18n, inbox.key_reply), Box::new(move || write(Mode::Reply)));
    add("n", tu_string!(i18n, inbox.key_note), Box::new(move || write(Mode::Note)));
    let close = move || {
        state.change_state(if untrack(|| state.is_active()) { StateChange::Close } else { StateChange::Reopen });
    };
    add("e", tu_string!(i18n, inbox.key_close), Box::new(close));
    add("z", tu_string!(i18n, inbox.key_snooze), Box::new(|| open(MENU_ID)));
    add("a", tu_string!(i18n, inbox.key_assign), Box::new(|| choose(ASSIGNEE_ID)));
    add("t", tu_string!(i18n, inbox.key_take_over), Box::new(move || state.change_state(StateChange::TakeOver)));
}

/// Moves to an element.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// Moves to a select and opens its list, where the browser lets a page do so.
fn choose(id: &str) {
    focus(id);
    let Some(select) = document().get_element_by_id(id) else { return };
    if let Ok(show) = js_sys::Reflect::get(&select, &"showPicker".into())
        && let Ok(show) = show.dyn_into::<js_sys::Function>()
    {
        _ = show.call0(&select);
    }
}

/// Opens a menu and moves to its first entry.
fn open(id: &str) {
    let Some(menu) = document().get_element_by_id(id) else { return };
    _ = menu.set_attribute("open", "");
    if let Ok(Some(first)) = menu.query_selector("button")
        && let Ok(first) = first.dyn_into::<web_sys::HtmlElement>()
    {
        _ = first.focus();
    }
}
