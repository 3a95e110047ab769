//! `/app/settings/api-keys`: the keys with which programs sign in.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, report, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{api_key::ApiKey, permission::Permission};
use ui::{Button, ButtonStyle, EmptyState, LocalTime, RelativeTime, Select, TextField, TimeFormat, icons};

use crate::{
    rpc::{self, CreateApiKey, RevokeApiKey},
    secret::Secret,
    tabs::SettingsTabs,
};

/// The keys, and a form for a new one.
#[component]
pub fn ApiKeysPage() -> impl IntoView {
    let i18n = use_i18n();
    let me = use_me();
    let keys = Resource::new(|| (), |()| rpc::load_api_keys());
    let revoke = ServerAction::<RevokeApiKey>::new();
    report(revoke, tu_string!(i18n, settings.api_keys.revoked), move || keys.refetch());
    view! {
        <Page
            title=tu_string!(i18n, settings.tabs.api_keys)
            subtitle=tu_string!(i18n, settings.api_keys.intro)
            width="max-w-4xl"
        >
            <SettingsTabs />
            <p class="mb-4">
                <a class="link" href="/api/docs" target="_blank">
                    {tu_string!(i18n, settings.api_keys.reference)}
                </a>
            </p>
            <FormErrors error=action_error(revoke) />
            <Loaded resource=keys let:list>
                <Keys list revoke />
            </Loaded>
            <Transition>
                <Show when=move || me.may(Permission::ApiKeysWrite)>
                    <NewKey on_change=Callback::new(move |()| keys.refetch()) />
                </Show>
            </Transition>
        </Page>
    }
}

#[component]
fn Keys(list: Vec<ApiKey>, revoke: ServerAction<RevokeApiKey>) -> impl IntoView {
    let i18n = use_i18n();
    if list.is_empty() {
        return view! {
            <Panel class="mb-4">
                <EmptyState
                    icon=icons::KEY
                    title=tu_string!(i18n, settings.api_keys.empty)
                    text=tu_string!(i18n, settings.api_keys.empty_text)
                />
            </Panel>
        }
        .into_any();
    }
    let rows = list.into_iter().map(|key| view! { <KeyRow key=key revoke /> }).collect_view();
    view! { <Panel class="mb-4"><ul class="divide-y divide-line">{rows}</ul></Panel> }.into_any()
}

#[component]
fn KeyRow(key: ApiKey, revoke: ServerAction<RevokeApiKey>) -> impl IntoView {
    let i18n = use_i18n();
    let scopes = key.scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let last_used = match key.last_used_at {
        Some(at) => view! { <RelativeTime at /> }.into_any(),
        None => tu_string!(i18n, settings.api_keys.never).into_any(),
    };
    let expires = match key.expires_at {
        Some(at) => view! { <LocalTime at format=TimeFormat::Date /> }.into_any(),
        None => tu_string!(i18n, settings.api_keys.no_end).into_any(),
    };
    view! {
        <li>
            <div class="px-4 pt-4">
                <p class="font-medium break-words">
                    {key.name.clone()} " " <code class="text-muted text-xs">{format!("{}…", key.prefix)}</code>
                </p>
                <p class="mt-1 text-sm text-muted break-words">{scopes}</p>
                <p class="mt-1 text-sm text-muted">
                    {key.created_by_name.map(|name| format!("{name} · "))} {tu_string!(i18n, settings.api_keys.last_used)} ": " {last_used} " · "
                    {tu_string!(i18n, settings.api_keys.expires)} ": " {expires}
                </p>
            </div>
            <Danger
                action=revoke
                label=tu_string!(i18n, settings.api_keys.revoke)
                title=tu_string!(i18n, settings.api_keys.revoke_title, name = key.name)
                text=tu_string!(i18n, settings.api_keys.revoke_text)
                in_list=true
            >
                <input type="hidden" name="id" value=key.id.to_string() />
            </Danger>
        </li>
    }
}

/// The form of a new key. It needs the script: the key is in the answer and nowhere else.
#[component]
fn NewKey(on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let create = ServerAction::<CreateApiKey>::new();
    let errors = field_errors(create);
    report(create, tu_string!(i18n, settings.api_keys.created), move || on_change.run(()));
    let has_script = RwSignal::new(false);
    Effect::new(move || has_script.set(true));
    let ends = vec![
        (String::new(), tu_string!(i18n, settings.api_keys.no_end).to_owned()),
        ("30".to_owned(), tu_string!(i18n, settings.api_keys.month).to_owned()),
        ("90".to_owned(), tu_string!(i18n, settings.api_keys.quarter).to_owned()),
        ("365".to_owned(), tu_string!(i18n, settings.api_keys.year).to_owned()),
    ];
    // A refusal that follows does not take away what is shown this once.
    let made = Memo::new(move |last: Option<&Option<String>>| match create.value().get() {
        Some(Ok(made)) => Some(made.token),
        _ => last.cloned().flatten(),
    });
    view! {
        {move || made.get().map(|secret| view! { <Secret text=tu_string!(i18n, settings.api_keys.once) secret /> })}
        <Panel title=tu_string!(i18n, settings.api_keys.add)>
            <div class="p-4 sm:p-6">
                <ActionForm action=create empties=&["name", "scopes[]"] attr:class="space-y-4">
                    <FormErrors error=action_error(create) />
                    <TextField
                        name="name"
                        label=tu_string!(i18n, settings.api_keys.name)
                        hint=tu_string!(i18n, settings.api_keys.name_hint)
                        errors
                        required=true
                        maxlength=120
                    />
                    <Select name="days" label=tu_string!(i18n, settings.api_keys.expires) options=ends />
                    <Scopes />
                    <noscript>
                        <p class="text-warning">{tu_string!(i18n, settings.api_keys.script)}</p>
                    </noscript>
                    <Button
                        kind="submit"
                        style=ButtonStyle::Primary
                        pending=create.pending()
                        disabled=Signal::derive(move || !has_script.get())
                    >
                        {tu_string!(i18n, settings.api_keys.create)}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
}

/// What the key may do, as far as its maker may. The words are those of the API's reference.
#[component]
fn Scopes() -> impl IntoView {
    let i18n = use_i18n();
    let me = use_me();
    let choices = move || {
        Permission::ALL
            .iter()
            .filter(|scope| me.may(**scope))
            .map(|scope| {
                view! {
                    <label class="flex cursor-pointer items-center gap-2 py-1">
                        <input type="checkbox" class="checkbox checkbox-sm" name="scopes[]" value=scope.as_str() />
                        <code class="text-sm">{scope.as_str()}</code>
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        <fieldset>
            <legend class="mb-1 font-medium">{tu_string!(i18n, settings.api_keys.scopes)}</legend>
            <p class="text-muted mb-2 text-sm">{tu_string!(i18n, settings.api_keys.scopes_hint)}</p>
            <div class="grid gap-x-4 sm:grid-cols-2">
                <Suspense>{choices}</Suspense>
            </div>
        </fieldset>
    }
}
