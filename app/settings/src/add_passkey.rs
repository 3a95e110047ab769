use base::{
    AppError, error_text, field_text,
    passkey::{self, NoAnswer, Question},
};
use i18n::*;
use leptos::{prelude::*, task::spawn_local};
use types::error::ErrorCode;
use ui::{Alert, Button, TextField, Tone, icons, use_toasts};

use crate::rpc::{begin_passkey, finish_passkey};

/// The form that adds a passkey. Only browsers that can show it, as only script asks the device.
#[component]
pub fn AddPasskey(new_codes: RwSignal<Vec<String>>, changed: Callback<()>) -> impl IntoView {
    let (i18n, toasts) = (use_i18n(), use_toasts());
    let is_possible = RwSignal::new(None::<bool>);
    Effect::new(move || is_possible.set(Some(passkey::is_possible())));
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (pending, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let errors = Signal::derive(move || problem.get().map(|problem| problem.fields).unwrap_or_default());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        pending.set(true);
        problem.set(None);
        let (name, password) = (name.get_untracked(), password.get_untracked());
        // The device takes its time: the page may have been left when it has answered.
        spawn_local(async move {
            match add(i18n, name, password).await {
                Ok(codes) => {
                    if codes.is_empty() || new_codes.try_set(codes).is_none() {
                        toasts.success(tu_string!(i18n, settings.passkeys.added));
                    } else {
                        toasts.error(tu_string!(i18n, settings.passkeys.codes_unseen));
                    }
                    changed.try_run(());
                }
                Err(error) => problem.set(Some(error)),
            }
            pending.set(false);
        });
    };
    let form = move || {
        view! {
            <form class="space-y-3 border-t border-line pt-4" on:submit=submit>
                {move || problem.get().map(|problem| view! { <Alert tone=Tone::Danger>{problem.text}</Alert> })}
                <div class="grid gap-3 sm:grid-cols-2">
                    <TextField
                        name="name"
                        id="new-passkey-name"
                        label=tu_string!(i18n, settings.passkeys.name)
                        hint=tu_string!(i18n, settings.passkeys.name_hint)
                        value=name
                        on_input=Callback::new(move |text| name.set(text))
                        required=true
                        maxlength=60
                        errors
                    />
                    <TextField
                        name="password"
                        id="new-passkey-password"
                        kind="password"
                        label=tu_string!(i18n, settings.profile.old_password)
                        value=password
                        on_input=Callback::new(move |text| password.set(text))
                        autocomplete="current-password"
                        required=true
                        errors
                    />
                </div>
                <Button kind="submit" icon=icons::KEY pending>{tu_string!(i18n, settings.passkeys.add)}</Button>
            </form>
        }
    };
    move || match is_possible.get() {
        Some(true) => form().into_any(),
        Some(false) => {
            view! { <p class="text-sm text-muted">{tu_string!(i18n, settings.passkeys.impossible)}</p> }.into_any()
        }
        None => ().into_any(),
    }
}

/// Why no passkey was added.
#[derive(Clone)]
struct Problem {
    text: String,
    fields: Vec<(String, String)>,
}

/// Asks the server, the device and the server again. Gives new recovery codes, if there are any.
async fn add(i18n: I18n, name: String, password: String) -> Result<Vec<String>, Problem> {
    let plain = |text: &str| Problem { text: text.to_owned(), fields: Vec::new() };
    let options = begin_passkey(name, password).await.map_err(|error| refused(i18n, &error))?;
    let answer = passkey::ask(Question::Make, &options).await.map_err(|why| match why {
        NoAnswer::AlreadyThere => plain(tu_string!(i18n, settings.passkeys.already_there)),
        NoAnswer::Nothing => plain(tu_string!(i18n, settings.passkeys.nothing)),
    })?;
    finish_passkey(answer).await.map_err(|error| match error.code {
        ErrorCode::Validation => plain(tu_string!(i18n, settings.passkeys.unfit)),
        _ => refused(i18n, &error),
    })
}

/// The server's refusal of a form.
fn refused(i18n: I18n, error: &AppError) -> Problem {
    let fields = error.details.iter().map(|detail| (detail.field.clone(), field_text(i18n, detail))).collect();
    Problem { text: error_text(i18n, error), fields }
}
