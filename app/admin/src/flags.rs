//! `/admin/flags`: what is switched on, for all or for some.

use base::{ActionForm, AppError, FormErrors, Loaded, Page, Panel, action_error};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::platform::{FeatureFlag, FlagState, OrganizationFilter, OrganizationRow};
use ui::{Badge, Button, ButtonSize, TextField, Tone, icons};

use crate::{
    rpc::{ClearFlagOverride, SetFlag, SetFlagOverride, load_flags, load_organizations},
    words::text,
};

/// The forms of the page.
#[derive(Clone, Copy)]
struct Acts {
    set: ServerAction<SetFlag>,
    put: ServerAction<SetFlagOverride>,
    clear: ServerAction<ClearFlagOverride>,
}

/// All flags with their overrides. The organization that is looked for stands in the address.
#[component]
pub fn FlagsPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let wanted = Memo::new(move |_| map.with(|map| text(map, "q")));
    let acts = Acts { set: ServerAction::new(), put: ServerAction::new(), clear: ServerAction::new() };
    let changes = move || acts.set.version().get() + acts.put.version().get() + acts.clear.version().get();
    let list = Resource::new(
        move || (changes(), wanted.get()),
        |(_, q)| async move {
            let flags = load_flags().await?;
            let found = match q.trim().is_empty() {
                true => Vec::new(),
                false => load_organizations(OrganizationFilter { q, ..OrganizationFilter::default() }).await?.items,
            };
            Ok::<_, AppError>((flags, found))
        },
    );
    view! {
        <Page title=tu_string!(i18n, admin.frame.flags) subtitle=tu_string!(i18n, admin.flags.intro)>
            <FormErrors error=action_error(acts.set) />
            <FormErrors error=action_error(acts.put) />
            <FormErrors error=action_error(acts.clear) />
            <Loaded
                resource=list
                children=move |(flags, found)| view! { <Flags flags found q=wanted.get_untracked() acts /> }
            />
        </Page>
    }
}

#[component]
fn Flags(flags: Vec<FlagState>, found: Vec<OrganizationRow>, q: String, acts: Acts) -> impl IntoView {
    flags.into_iter().map(|state| view! { <Flag state found=found.clone() q=q.clone() acts /> }).collect_view()
}

#[component]
fn Flag(state: FlagState, found: Vec<OrganizationRow>, q: String, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let FlagState { flag, is_on, overrides } = state;
    let (name, text) = words(i18n, flag);
    let overrides = overrides
        .into_iter()
        .map(|one| {
            view! {
                <li class="flex flex-wrap items-center gap-2">
                    <a href=format!("/admin/organizations/{}", one.organization_id) class="link">{one.organization_name}</a>
                    {state_badge(i18n, one.is_on)}
                    <ActionForm action=acts.clear>
                        <input type="hidden" name="flag" value=flag.as_str() />
                        <input type="hidden" name="organization_id" value=one.organization_id.to_string() />
                        <Button kind="submit" size=ButtonSize::Small>{tu_string!(i18n, admin.flags.clear)}</Button>
                    </ActionForm>
                </li>
            }
        })
        .collect_view();
    let by_organization = flag.by_organization().then(|| {
        view! {
            <ul class="space-y-2">{overrides}</ul>
            <p class="text-muted">{tu_string!(i18n, admin.flags.search_hint)}</p>
            <form method="get" action="/admin/flags" role="search" class="flex flex-wrap items-end gap-3">
                <TextField
                    name="q"
                    id=format!("{flag}-organization")
                    kind="search"
                    label=tu_string!(i18n, admin.flags.search)
                    value=q.clone()
                    required=true
                    maxlength=200
                />
                <Button kind="submit" icon=icons::SEARCH>{tu_string!(i18n, admin.show)}</Button>
            </form>
            {(!q.is_empty()).then(|| view! { <Found flag found acts /> })}
        }
    });
    view! {
        <Panel class="mb-4 space-y-4 p-4">
            <div class="flex flex-wrap items-center gap-3">
                <div class="min-w-0 grow">
                    <h2 class="font-semibold">{name} " " {state_badge(i18n, is_on)}</h2>
                    <p class="text-muted">{text}</p>
                </div>
                <ActionForm action=acts.set>
                    <input type="hidden" name="flag" value=flag.as_str() />
                    <input type="hidden" name="is_on" value=(!is_on).to_string() />
                    <Button kind="submit" pending=acts.set.pending()>
                        {if is_on {
                            tu_string!(i18n, admin.flags.switch_off)
                        } else {
                            tu_string!(i18n, admin.flags.switch_on)
                        }}
                    </Button>
                </ActionForm>
            </div>
            {by_organization}
        </Panel>
    }
}

/// The organizations that were found, each with the two ways.
#[component]
fn Found(flag: FeatureFlag, found: Vec<OrganizationRow>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    if found.is_empty() {
        return view! { <p class="text-muted">{tu_string!(i18n, admin.flags.none)}</p> }.into_any();
    }
    let rows = found
        .into_iter()
        .map(|row| {
            let way = |is_on: bool| {
                let text = if is_on { tu_string!(i18n, admin.flags.on) } else { tu_string!(i18n, admin.flags.off) };
                let name = row.name.clone();
                view! {
                    <ActionForm action=acts.put>
                        <input type="hidden" name="flag" value=flag.as_str() />
                        <input type="hidden" name="organization_id" value=row.id.to_string() />
                        <input type="hidden" name="is_on" value=is_on.to_string() />
                        <Button kind="submit" size=ButtonSize::Small pending=acts.put.pending()>
                            {text} <span class="sr-only">": " {name}</span>
                        </Button>
                    </ActionForm>
                }
            };
            let (on, off) = (way(true), way(false));
            view! {
                <li class="flex flex-wrap items-center gap-2">
                    <span class="min-w-0 grow break-words">
                        {row.name.clone()} " " <span class="text-xs text-muted">{row.slug.clone()}</span>
                    </span>
                    {on}
                    {off}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="space-y-2">{rows}</ul> }.into_any()
}

fn state_badge(i18n: I18n, is_on: bool) -> impl IntoView {
    let (tone, text) = match is_on {
        true => (Tone::Success, tu_string!(i18n, admin.flags.on)),
        false => (Tone::Neutral, tu_string!(i18n, admin.flags.off)),
    };
    view! { <Badge tone>{text}</Badge> }
}

/// A flag's name and what it switches.
fn words(i18n: I18n, flag: FeatureFlag) -> (&'static str, &'static str) {
    match flag {
        FeatureFlag::SignUp => (tu_string!(i18n, admin.flags.sign_up), tu_string!(i18n, admin.flags.sign_up_text)),
        FeatureFlag::WidgetUploads => {
            (tu_string!(i18n, admin.flags.widget_uploads), tu_string!(i18n, admin.flags.widget_uploads_text))
        }
    }
}
