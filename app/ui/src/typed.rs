//! What stood in a control before the script came to its page: typed, chosen, or filled in by the browser. It stays, and the
//! page learns of it as of any input. (`prop:value` would write over it, and so take away what a browser only offers yet.)

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlInputElement};

/// Lets a line or an area of text show a value: `use:shows=value`.
pub fn shows(control: Element, value: Signal<String>) {
    // An area has the same properties.
    let control: HtmlInputElement = control.unchecked_into();
    Effect::new(move |before: Option<String>| {
        let value = value.get();
        let standing = control.value();
        if before.is_none() && standing != control.default_value() {
            tell(&control, "input");
        } else if before.as_ref() != Some(&value) && standing != value {
            control.set_value(&value);
        }
        value
    });
}

/// Lets a check box show whether it is checked: `use:checks=checked`.
pub fn checks(control: Element, checked: Signal<bool>) {
    let control: HtmlInputElement = control.unchecked_into();
    Effect::new(move |before: Option<bool>| {
        let checked = checked.get();
        if before.is_none() && control.checked() != control.default_checked() {
            tell(&control, "change");
        } else if before != Some(checked) {
            control.set_checked(checked);
        }
        checked
    });
}

/// Keeps what was chosen of a list while its options are taken over: `use:keeps_choice`, which runs before that.
pub fn keeps_choice(control: Element) {
    let option = |selector| control.query_selector(selector).ok().flatten();
    if option("option:checked") == option("option[selected]").or_else(|| option("option")) {
        return;
    }
    // A list has its value by the same name.
    let control: HtmlInputElement = control.unchecked_into();
    let choice = control.value();
    Effect::new(move || {
        control.set_value(&choice);
        tell(&control, "change");
    });
}

fn tell(control: &HtmlInputElement, name: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict(name, &init) {
        untrack(|| _ = control.dispatch_event(&event));
    }
}
