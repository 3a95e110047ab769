//! Passkeys on the profile's page. `?passkey=ID` opens the forms of one, which work without script.

use base::{ActionForm, FormErrors, Panel, action_error, field_errors, report};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    id::PasskeyId,
    user::{Passkey, Security},
};
use ui::{Alert, Button, ButtonStyle, IconLink, RelativeTime, TextField, Tone, icons};

use crate::{
    add_passkey::AddPasskey,
    recovery_codes::RecoveryCodes,
    rpc::{RemovePasskey, RenamePasskey},
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
                <AddPasskey new_codes changed />
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
