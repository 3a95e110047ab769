//! What stood in a control before the script came to its page: typed, chosen, or filled in by the browser. It stays, and the
//! page learns of it as of any input, and of any change where it was left already. (`prop:value` would write over it, and so take away what a browser only offers yet.)

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, EventInit};

/// The property in which a control keeps what was last written into it. A control whose view is drawn anew is handed over
/// anew; one without this was never seen by the script.
const SHOWN: &str = "shownLast";

/// Lets a line or an area of text show a value: `use:shows=value`.
pub fn shows(control: Element, value: Signal<String>) {
    let is_touched = property(&control, "value") != property(&control, "defaultValue");
    follow(control, "value", false, is_touched, Box::new(move || value.try_get().map(JsValue::from)));
}

/// Lets a check box show whether it is checked: `use:checks=checked`.
pub fn checks(control: Element, checked: Signal<bool>) {
    let is_touched = property(&control, "checked") != property(&control, "defaultChecked");
    follow(control, "checked", true, is_touched, Box::new(move || checked.try_get().map(JsValue::from)));
}

/// Keeps what was chosen of a list while its options are taken over: `use:keeps_choice`, which runs before that.
pub fn keeps_choice(control: Element) {
    let option = |selector| control.query_selector(selector).ok().flatten();
    let is_touched = option("option:checked") != option("option[selected]").or_else(|| option("option"));
    let choice = property(&control, "value");
    if !is_touched || !property(&control, SHOWN).is_undefined() {
        return write(&control, SHOWN, &choice);
    }
    follow(control, "value", true, true, Box::new(move || Some(choice.clone())));
}

/// Writes what is to be shown as often as it becomes another; what was touched before stays at first. One effect for all kinds
/// of controls, because each kind costs browsers a kilobyte.
fn follow(
    control: Element,
    name: &'static str,
    is_choice: bool,
    is_touched: bool,
    shown: Box<dyn Fn() -> Option<JsValue>>,
) {
    let standing = property(&control, name);
    Effect::new(move || {
        let Some(shown) = shown() else { return };
        let before = property(&control, SHOWN);
        if before == shown {
            return;
        }
        write(&control, SHOWN, &shown);
        if is_touched && before.is_undefined() {
            write(&control, name, &standing);
            tell(&control, "input");
            // A text is changed when it is left.
            if is_choice || document().active_element().as_ref() != Some(&control) {
                tell(&control, "change");
            }
        } else if property(&control, name) != shown {
            write(&control, name, &shown);
        }
    });
}

fn property(control: &Element, name: &str) -> JsValue {
    Reflect::get(control, &name.into()).unwrap_or_default()
}

fn write(control: &Element, name: &str, value: &JsValue) {
    // No control refuses one of these.
    _ = Reflect::set(control, &name.into(), value);
}

fn tell(control: &Element, name: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict(name, &init) {
        untrack(|| _ = control.dispatch_event(&event));
    }
}
