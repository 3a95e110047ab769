//! What stood in a control before the script came to its page: typed, chosen, or filled in by the browser. It stays, and the
//! page learns of it as of any input. (`prop:value` would write over it, and so take away what a browser only offers yet.)

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, EventInit};

/// Lets a line or an area of text show a value: `use:shows=value`.
pub fn shows(control: Element, value: Signal<String>) {
    let is_touched = property(&control, "value") != property(&control, "defaultValue");
    follow(control, "value", "input", is_touched, Box::new(move || value.get().into()));
}

/// Lets a check box show whether it is checked: `use:checks=checked`.
pub fn checks(control: Element, checked: Signal<bool>) {
    let is_touched = property(&control, "checked") != property(&control, "defaultChecked");
    follow(control, "checked", "change", is_touched, Box::new(move || checked.get().into()));
}

/// Keeps what was chosen of a list while its options are taken over: `use:keeps_choice`, which runs before that.
pub fn keeps_choice(control: Element) {
    let option = |selector| control.query_selector(selector).ok().flatten();
    if option("option:checked") != option("option[selected]").or_else(|| option("option")) {
        let choice = property(&control, "value");
        follow(control, "value", "change", true, Box::new(move || choice.clone()));
    }
}

/// Writes what is to be shown as often as it becomes another; what was touched before stays at first. One effect for all kinds
/// of controls, because each kind costs browsers a kilobyte.
fn follow(
    control: Element,
    name: &'static str,
    event: &'static str,
    is_touched: bool,
    shown: Box<dyn Fn() -> JsValue>,
) {
    let standing = property(&control, name);
    Effect::new(move |before: Option<JsValue>| {
        let shown = shown();
        if before.is_none() && is_touched {
            write(&control, name, &standing);
            tell(&control, event);
        } else if before.as_ref() != Some(&shown) && property(&control, name) != shown {
            write(&control, name, &shown);
        }
        shown
    });
}

fn property(control: &Element, name: &str) -> JsValue {
    Reflect::get(control, &name.into()).unwrap_or_default()
}

fn write(control: &Element, name: &str, value: &JsValue) {
    // Refused by no control.
    _ = Reflect::set(control, &name.into(), value);
}

fn tell(control: &Element, name: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict(name, &init) {
        untrack(|| _ = control.dispatch_event(&event));
    }
}
