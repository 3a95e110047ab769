//! The lines between the inbox's parts, which are dragged or moved by keys. Widths are remembered in this browser, in a
//! cookie, so that the page comes with them.

use base::cookie;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

const COOKIE: &str = "biseda_inbox_widths";
/// Pixels.
const MIN: i32 = 240;
const MAX: i32 = 480;
const DEFAULT: i32 = 296;
/// What an arrow key moves, in pixels.
const STEP: i32 = 16;

/// A part whose width can be changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    List,
    Panel,
}

/// The widths of the list and of the panel beside the thread, in pixels.
#[derive(Clone, Copy)]
pub struct Widths {
    list: RwSignal<i32>,
    panel: RwSignal<i32>,
}

impl Widths {
    /// The widths that this browser had last.
    pub fn remembered() -> Self {
        let (list, panel) = parse(&cookie::get(COOKIE).unwrap_or_default());
        Self { list: RwSignal::new(list), panel: RwSignal::new(panel) }
    }

    /// The properties that the style sheet reads.
    pub fn style(&self) -> String {
        format!("--list-width:{}px;--panel-width:{}px", self.list.get(), self.panel.get())
    }

    fn of(&self, part: Part) -> RwSignal<i32> {
        match part {
            Part::List => self.list,
            Part::Panel => self.panel,
        }
    }

    fn remember(&self) {
        cookie::set(COOKIE, Some(&format!("{}.{}", self.list.get_untracked(), self.panel.get_untracked())));
    }
}

/// `LIST.PANEL`; what is no such pair counts as never set.
fn parse(text: &str) -> (i32, i32) {
    let pair = text.split_once('.').and_then(|(list, panel)| Some((list.parse().ok()?, panel.parse().ok()?)));
    let (list, panel): (i32, i32) = pair.unwrap_or((DEFAULT, DEFAULT));
    (list.clamp(MIN, MAX), panel.clamp(MIN, MAX))
}

/// The line at the end of the list or before the panel.
#[component]
pub fn Divider(part: Part, label: &'static str) -> impl IntoView {
    let widths = expect_context::<Widths>();
    let width = widths.of(part);
    // To the right the list grows and the panel shrinks.
    let sign = if part == Part::List { 1 } else { -1 };
    let class = if part == Part::List { "divider-line divider-list" } else { "divider-line divider-panel" };
    // Where the pointer went down, and the width then.
    let grip = StoredValue::new(None::<(i32, i32)>);
    let set = move |value: i32| width.set(value.clamp(MIN, MAX));
    let on_down = move |event: ev::PointerEvent| {
        event.prevent_default();
        if let Some(line) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = line.set_pointer_capture(event.pointer_id());
            _ = line.focus();
        }
        grip.set_value(Some((event.client_x(), width.get_untracked())));
    };
    let on_move = move |event: ev::PointerEvent| {
        if let Some((x, before)) = grip.get_value() {
            set(before + sign * (event.client_x() - x));
        }
    };
    let on_up = move |_: ev::PointerEvent| {
        if grip.get_value().is_some() {
            grip.set_value(None);
            widths.remember();
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let now = width.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => now + sign * STEP,
            "ArrowLeft" => now - sign * STEP,
            "Home" => MIN,
            "End" => MAX,
            _ => return,
        };
        event.prevent_default();
        set(next);
        widths.remember();
    };
    view! {
        <div
            class=class
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=label
            aria-valuenow=move || width.get().to_string()
            aria-valuemin=MIN.to_string()
            aria-valuemax=MAX.to_string()
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:pointercancel=on_up
            on:keydown=on_key
            on:dblclick=move |_| {
                width.set(DEFAULT);
                widths.remember();
            }
        ></div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read_within_bounds() {
        assert_eq!(parse("300.400"), (300, 400));
        assert_eq!(parse("1.9999"), (MIN, MAX));
        assert_eq!(parse(""), (DEFAULT, DEFAULT));
        assert_eq!(parse("300"), (DEFAULT, DEFAULT));
        assert_eq!(parse("300.x"), (DEFAULT, DEFAULT));
    }
}
