//! Fields that are emptied when what stands in them is done: a key to be stored, an address to be invited.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlFormElement};

/// Fields of a form that was sent, each with what it held.
#[derive(Default)]
pub(crate) struct Sent(Vec<(Element, JsValue)>);

impl Sent {
    /// Notes what the fields with these names hold.
    pub fn of(form: &HtmlFormElement, names: &[&str]) -> Self {
        let controls = form.elements();
        let controls = (0..controls.length()).filter_map(|index| controls.item(index));
        let is_named = |control: &Element| control.get_attribute("name").is_some_and(|name| names.contains(&&*name));
        Self(controls.filter(is_named).map(|control| (control.clone(), held(&control))).collect())
    }

    /// Empties them, but those that hold something else by now.
    pub fn empty(self) {
        for (control, sent) in self.0 {
            if held(&control) == sent {
                let (property, nothing) =
                    if is_box(&control) { ("checked", false.into()) } else { ("value", "".into()) };
                // No control refuses that.
                _ = Reflect::set(&control, &property.into(), &nothing);
            }
        }
    }
}

fn is_box(control: &Element) -> bool {
    control.get_attribute("type").is_some_and(|kind| kind == "checkbox")
}

fn held(control: &Element) -> JsValue {
    let property = if is_box(control) { "checked" } else { "value" };
    Reflect::get(control, &property.into()).unwrap_or_default()
}
