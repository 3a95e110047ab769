//! Passkeys on the profile's page. `?passkey=ID` opens the forms of one, which work without script.

use base::{
    AppError, FormErrors, Panel, action_error, error_text, field_errors, field_text,
    passkey::{self, NoAnswer, Question},
};
use i18n::*;
use leptos::{form::ActionForm, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use types::{
    error::ErrorCode,
    id::PasskeyId,
    user::{Passkey, Security},
};
use ui::{Alert, Button, ButtonStyle, IconLink, RelativeTime, TextField, Tone, icons, use_toasts};

use crate::{
    after::report,
    rpc::{RemovePasskey, RenamePasskey, begin_passkey, finish_passkey},
    security::RecoveryCodes,
};

/// A person's passkeys, with the form that adds one.
#[component]
pub fn Passkeys(
    security: Security,
    /// Recovery codes that a passkey brought, to be shown until the page is left.
    new_codes: RwSignal<Vec<String>>,
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let opened = Memo::new(move |_| query.with(|query| query.get("passkey")));
    let (rename, remove) = (ServerAction::<RenamePasskey>::new(), ServerAction::<RemovePasskey>::new());
    report(rename, tu_string!(i18n, settings.passkeys.renamed), move || changed.run(()));
    report(remove, tu_string!(i18n, settings.passkeys.removed), move || changed.run(()));
    let codes_left = (!security.has_app && !security.passkeys.is_empty()).then(|| {
        let count = security.recovery_codes.to_string();
        view! { <p class="text-sm text-muted">{tu_string!(i18n, settings.second.left, count = count).to_string()}</p> }
    });
    let rows = (!security.passkeys.is_empty()).then(|| {
        let rows = security.passkeys.into_iter().map(|one| view! { <Row passkey=one opened rename remove /> });
        view! { <ul class="divide-y divide-line">{rows.collect_view()}</ul> }
    });
    view! {
        <Panel title=tu_string!(i18n, settings.passkeys.title)>
            <div id="passkeys" class="space-y-4 p-4 sm:p-6">
                <p class="text-muted">{tu_string!(i18n, settings.passkeys.intro)}</p>
                {move || (!new_codes.with(Vec::is_empty)).then(|| view! {
                    <Alert tone=Tone::Success>
                        <p class="mb-2">{tu_string!(i18n, settings.passkeys.codes)}</p>
                        <RecoveryCodes codes=new_codes.get() />
                    </Alert>
                })}
                {rows}
                {codes_left}
                <Add new_codes changed />
            </div>
        </Panel>
    }
}

/// One passkey and, when it is the opened one, its forms.
#[component]
fn Row(
    passkey: Passkey,
    opened: Memo<Option<String>>,
    rename: ServerAction<RenamePasskey>,
    remove: ServerAction<RemovePasskey>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (id, name) = (passkey.id, passkey.name.clone());
    let is_open = Memo::new(move |_| opened.with(|opened| *opened == Some(id.to_string())));
    let used = match passkey.last_used_at {
        Some(at) => view! { {tu_string!(i18n, settings.passkeys.used_at)} " " <RelativeTime at /> }.into_any(),
        None => tu_string!(i18n, settings.passkeys.unused).into_any(),
    };
    let href = format!("/app/settings/profile?passkey={id}#passkeys");
    view! {
        <li class="py-3">
            <div class="flex items-start gap-2">
                <div class="min-w-0 grow">
                    <p class="font-medium break-words">{passkey.name.clone()}</p>
                    <p class="text-sm text-muted">
                        {tu_string!(i18n, settings.passkeys.added_at)} " " <RelativeTime at=passkey.created_at /> " · " {used}
                    </p>
                </div>
                <IconLink
                    glyph=icons::PENCIL
                    href
                    label=tu_string!(i18n, settings.passkeys.edit, name = passkey.name).to_string()
                />
            </div>
            {move || is_open.get().then(|| view! { <Forms id name=name.clone() rename remove /> })}
        </li>
    }
}

/// Another name, or away with it.
#[component]
fn Forms(
    id: PasskeyId,
    name: String,
    rename: ServerAction<RenamePasskey>,
    remove: ServerAction<RemovePasskey>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (renaming, removing) = (field_errors(rename), field_errors(remove));
    view! {
        <div class="mt-3 grid gap-6 sm:grid-cols-2">
            <ActionForm action=rename attr:class="space-y-3">
                <FormErrors error=action_error(rename) />
                <input type="hidden" name="id" value=id.to_string() />
                <TextField
                    name="name"
                    id="passkey-name"
                    label=tu_string!(i18n, settings.passkeys.name)
                    value=name
                    required=true
                    maxlength=60
                    errors=renaming
                />
                <Button kind="submit" pending=rename.pending()>
                    {tu_string!(i18n, common.action.save)}
                </Button>
            </ActionForm>
            <ActionForm action=remove attr:class="space-y-3">
                <FormErrors error=action_error(remove) />
                <input type="hidden" name="id" value=id.to_string() />
                <TextField
                    name="password"
                    id="passkey-password"
                    kind="password"
                    label=tu_string!(i18n, settings.profile.old_password)
                    autocomplete="current-password"
                    required=true
                    errors=removing
                />
                <Button kind="submit" style=ButtonStyle::Danger pending=remove.pending()>
                    {tu_string!(i18n, settings.passkeys.remove)}
                </Button>
            </ActionForm>
        </div>
    }
}

/// The form that adds a passkey. Only browsers that can show it, as only script asks the device.
#[component]
fn Add(new_codes: RwSignal<Vec<String>>, changed: Callback<()>) -> impl IntoView {
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
        spawn_local(async move {
            match add(i18n, name.get_untracked(), password.get_untracked()).await {
                Ok(codes) => {
                    if !codes.is_empty() {
                        new_codes.set(codes);
                    }
                    toasts.success(tu_string!(i18n, settings.passkeys.added));
                    changed.run(());
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
