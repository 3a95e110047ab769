//! What browsers do with passkeys: the device behind them makes one, or answers with one. Only in the browser.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::location;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the device is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// A new passkey.
    Make,
    /// A signature by one that it has.
    Sign,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The device has a passkey of this person already.
    AlreadyThere,
    /// The person did not go on, the time was over, or there was nothing to answer with.
    Nothing,
}

/// Whether this browser can: not without HTTPS, not in old browsers, and not where the address is a number.
pub fn is_possible() -> bool {
    let host = location().hostname().unwrap_or_default();
    class().is_ok_and(|class| method(&class, "parseCreationOptionsFromJSON").is_ok())
        && !host.ends_with(|last: char| last.is_ascii_digit() || last == ']')
}

/// Asks the device. Options and answer are the JSON that WebAuthn level 3 defines for them.
///
/// # Errors
/// When there is no answer.
pub async fn ask(question: Question, options: &str) -> Result<String, NoAnswer> {
    answer(question, options).await.map_err(|error| {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        if name.as_deref() == Some("InvalidStateError") { NoAnswer::AlreadyThere } else { NoAnswer::Nothing }
    })
}

async fn answer(question: Question, options: &str) -> Result<String, JsValue> {
    let (parse, verb) = match question {
        Question::Make => ("parseCreationOptionsFromJSON", "create"),
        Question::Sign => ("parseRequestOptionsFromJSON", "get"),
    };
    let class = class()?;
    let options = method(&class, parse)?.call1(&class, &JSON::parse(options)?)?;
    let asked = Object::new();
    Reflect::set(&asked, &"publicKey".into(), &options)?;
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let credentials = Reflect::get(&navigator, &"credentials".into())?;
    let promise: Promise = method(&credentials, verb)?.call1(&credentials, &asked)?.dyn_into()?;
    // Credentials write themselves as the JSON that the server reads.
    Ok(JSON::stringify(&JsFuture::from(promise).await?)?.into())
}

fn class() -> Result<JsValue, JsValue> {
    Reflect::get(&js_sys::global(), &"PublicKeyCredential".into())
        .and_then(|class| class.dyn_into::<Function>().map(Into::into))
}

fn method(of: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(of, &name.into())?.dyn_into()
}
