//! `/app/settings/api-keys`: the keys with which programs sign in.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{api_key::ApiKey, permission::Permission};
use ui::{
    Button, ButtonSize, ButtonStyle, Column, Confirm, EmptyState, LocalTime, RelativeTime, Select, Table, TextField,
    TimeFormat, icons,
};

use crate::{
    after::report,
    rpc::{self, CreateApiKey, RevokeApiKey},
    secret::Secret,
    tabs::SettingsTabs,
};

/// The keys, and a form for a new one.
#[component]
pub fn ApiKeysPage() -> impl IntoView {
    let i18n = use_i18n();
    let keys = Resource::new(|| (), |()| rpc::load_api_keys());
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
            <Loaded resource=keys let:list>
                <Keys list on_change=Callback::new(move |()| keys.refetch()) />
            </Loaded>
            <NewKey on_change=Callback::new(move |()| keys.refetch()) />
        </Page>
    }
}

#[component]
fn Keys(list: Vec<ApiKey>, on_change: Callback<()>) -> impl IntoView {
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
    let revoke = ServerAction::<RevokeApiKey>::new();
    report(revoke, tu_string!(i18n, settings.api_keys.revoked), move || on_change.run(()));
    let columns = vec![
        Column::new(tu_string!(i18n, settings.api_keys.name)),
        Column::classed(tu_string!(i18n, settings.api_keys.scopes), "max-sm:hidden"),
        Column::new(tu_string!(i18n, settings.api_keys.last_used)),
        Column::classed(tu_string!(i18n, settings.api_keys.expires), "max-sm:hidden"),
        Column::hidden(tu_string!(i18n, settings.api_keys.revoke)),
    ];
    let rows = list.into_iter().map(|key| view! { <KeyRow key=key revoke /> }).collect_view();
    view! {
        <Panel class="mb-4">
            <Table caption=tu_string!(i18n, settings.tabs.api_keys) columns>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

#[component]
fn KeyRow(key: ApiKey, revoke: ServerAction<RevokeApiKey>) -> impl IntoView {
    let i18n = use_i18n();
    let confirm = RwSignal::new(false);
    let id = key.id;
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
        <tr>
            <td>
                <span class="block font-medium break-words">{key.name.clone()}</span>
                <code class="text-muted text-xs">{format!("{}…", key.prefix)}</code>
                <span class="text-muted block text-xs">{key.created_by_name}</span>
            </td>
            <td class="max-sm:hidden max-w-xs text-xs break-words">{scopes}</td>
            <td class="whitespace-nowrap">{last_used}</td>
            <td class="max-sm:hidden whitespace-nowrap">{expires}</td>
            <td class="text-end">
                <Button
                    style=ButtonStyle::Ghost
                    size=ButtonSize::Small
                    class="text-error"
                    on_click=move |_| confirm.set(true)
                >
                    {tu_string!(i18n, settings.api_keys.revoke)}
                </Button>
                <Confirm
                    open=confirm
                    title=tu_string!(i18n, settings.api_keys.revoke_title, name = key.name)
                    text=tu_string!(i18n, settings.api_keys.revoke_text)
                    confirm_label=tu_string!(i18n, settings.api_keys.revoke)
                    cancel_label=tu_string!(i18n, common.action.cancel)
                    pending=revoke.pending()
                    on_confirm=move |()| _ = revoke.dispatch(RevokeApiKey { id })
                />
            </td>
        </tr>
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
    let made = move || {
        create.value().get().and_then(Result::ok).map(|made| {
            view! { <Secret text=tu_string!(i18n, settings.api_keys.once) secret=made.token /> }
        })
    };
    view! {
        {made}
        <Panel title=tu_string!(i18n, settings.api_keys.add)>
            <div class="p-4 sm:p-6">
                <ActionForm action=create attr:class="space-y-4">
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
