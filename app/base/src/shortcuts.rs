//! Keyboard shortcuts: areas register theirs while they are on the screen; `?` lists them; they can be switched off.

use std::{cell::RefCell, rc::Rc};

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

const STORAGE_KEY: &str = "biseda.shortcuts";
/// A sequence such as `g i` must be finished within this time, in milliseconds.
const SEQUENCE_MS: f64 = 1200.0;
/// A key that is held acts no more often than this, in milliseconds: browsers allow 100 changes of the address in 10 seconds.
const HELD_MS: f64 = 150.0;

/// A registered shortcut, as the sheet shows it.
#[derive(Clone, PartialEq)]
pub struct Shortcut {
    pub id: u32,
    /// `j`, `g i`, `ctrl+enter` (⌘ counts as ctrl).
    pub keys: &'static str,
    /// What it does, in the reader's language.
    pub label: String,
    /// Under which heading it stands.
    pub group: String,
}

/// Gets whether the key is being held.
type Handler = Rc<dyn Fn(bool)>;

thread_local! {
    /// Handlers by id, newest last. Only ever filled in the browser.
    static HANDLERS: RefCell<Vec<(u32, &'static str, Handler)>> = const { RefCell::new(Vec::new()) };
}

/// What was pressed before, which a sequence may go on from.
#[derive(Default)]
struct Before {
    keys: String,
    at: f64,
    /// When a key acted last.
    acted_at: f64,
}

/// The shortcuts that work now.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    list: RwSignal<Vec<Shortcut>>,
    enabled: RwSignal<bool>,
    /// Whether the list of shortcuts is open.
    pub sheet_open: RwSignal<bool>,
}

impl Shortcuts {
    /// What is registered.
    pub fn list(&self) -> Vec<Shortcut> {
        self.list.get()
    }

    /// Whether single keys act.
    pub fn enabled(&self) -> bool {
        self.enabled.get()
    }

    /// Switches single keys on or off, remembered in this browser.
    pub fn set_enabled(&self, enabled: bool) {
        self.enabled.set(enabled);
        if let Ok(Some(storage)) = window().local_storage() {
            _ = storage.set_item(STORAGE_KEY, if enabled { "on" } else { "off" });
        }
    }
}

/// Makes shortcuts available below and listens to the keyboard. Once, in the application.
pub fn provide_shortcuts() -> Shortcuts {
    let shortcuts =
        Shortcuts { list: RwSignal::new(Vec::new()), enabled: RwSignal::new(true), sheet_open: RwSignal::new(false) };
    provide_context(shortcuts);
    Effect::new(move || {
        if let Ok(Some(storage)) = window().local_storage() {
            shortcuts.enabled.set(storage.get_item(STORAGE_KEY).ok().flatten().as_deref() != Some("off"));
        }
        let before = Rc::new(RefCell::new(Before::default()));
        let handle = window_event_listener(ev::keydown, move |event| on_key(shortcuts, &before, &event));
        on_cleanup(move || handle.remove());
    });
    shortcuts
}

/// The shortcuts of the application.
///
/// # Panics
/// Outside of the dashboard.
#[track_caller]
pub fn use_shortcuts() -> Shortcuts {
    expect_context::<Shortcuts>()
}

/// Registers a shortcut for as long as the calling component lives. A newer one with the same keys wins.
pub fn shortcut(keys: &'static str, label: impl Into<String>, group: impl Into<String>, handler: impl Fn() + 'static) {
    let once = move |is_held: bool| {
        if !is_held {
            handler();
        }
    };
    repeated_shortcut(keys, label, group, once);
}

/// Registers a shortcut that acts again and again while its key is held, and is told so: it only moves.
pub fn repeated_shortcut(
    keys: &'static str,
    label: impl Into<String>,
    group: impl Into<String>,
    handler: impl Fn(bool) + 'static,
) {
    let Some(shortcuts) = use_context::<Shortcuts>() else { return };
    let (label, group) = (label.into(), group.into());
    let handler: Handler = Rc::new(handler);
    // In an Effect, so that the server registers nothing and the first render is the same on both sides.
    Effect::new(move || {
        let id = HANDLERS.with_borrow_mut(|handlers| {
            let id = handlers.iter().map(|(id, ..)| *id).max().unwrap_or_default() + 1;
            handlers.push((id, keys, handler.clone()));
            id
        });
        let entry = Shortcut { id, keys, label: label.clone(), group: group.clone() };
        shortcuts.list.update(|list| list.push(entry));
        on_cleanup(move || {
            HANDLERS.with_borrow_mut(|handlers| handlers.retain(|(other, ..)| *other != id));
            shortcuts.list.try_update(|list| list.retain(|entry| entry.id != id));
        });
    });
}

fn on_key(shortcuts: Shortcuts, before: &RefCell<Before>, event: &ev::KeyboardEvent) {
    if event.is_composing() || event.default_prevented() {
        return;
    }
    let with_control = event.ctrl_key() || event.meta_key();
    // Single keys never act while the person writes or a dialog is open; combinations with Ctrl or ⌘ do.
    if !with_control && (event.alt_key() || !shortcuts.enabled.get_untracked() || is_writing(event) || dialog_is_open())
    {
        return;
    }
    let key = ui::lowercase(&event.key());
    let pressed = if with_control { format!("ctrl+{key}") } else { key };
    let now = js_sys::Date::now();
    let (sequence, acted_at) = {
        let Before { keys, at, acted_at } = &*before.borrow();
        ((now - at < SEQUENCE_MS && !keys.is_empty()).then(|| format!("{keys} {pressed}")), *acted_at)
    };
    let found = HANDLERS.with_borrow(|handlers| {
        let find = |wanted: &str| {
            handlers.iter().rev().find(|(_, keys, _)| *keys == wanted).map(|(.., handler)| handler.clone())
        };
        sequence.as_deref().and_then(find).or_else(|| find(&pressed))
    });
    let Some(handler) = found else {
        *before.borrow_mut() = Before { keys: pressed, at: now, acted_at };
        return;
    };
    event.prevent_default();
    if event.repeat() && now - acted_at < HELD_MS {
        return;
    }
    *before.borrow_mut() = Before { acted_at: now, ..Before::default() };
    handler(event.repeat());
}

fn is_writing(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    target.is_some_and(|element| match element.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => !matches!(input.type_().as_str(), "checkbox" | "radio" | "button" | "submit" | "reset"),
        None => element.is_content_editable() || matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT"),
    })
}

fn dialog_is_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}
