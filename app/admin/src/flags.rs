//! `/admin/flags`: what is switched on, for all or for some.

use base::{FormErrors, Loaded, Page, Panel, action_error, field_errors};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use types::platform::{FeatureFlag, FlagState};
use ui::{Badge, Button, ButtonSize, Select, TextField, Tone};

use crate::{
    frame::AdminFrame,
    rpc::{ClearFlagOverride, SetFlag, SetFlagOverride, load_flags},
};

/// The forms of the page.
#[derive(Clone, Copy)]
struct Acts {
    set: ServerAction<SetFlag>,
    put: ServerAction<SetFlagOverride>,
    clear: ServerAction<ClearFlagOverride>,
}

/// All flags with their overrides.
#[component]
pub fn FlagsPage() -> impl IntoView {
    let i18n = use_i18n();
    let acts = Acts { set: ServerAction::new(), put: ServerAction::new(), clear: ServerAction::new() };
    let changes = move || acts.set.version().get() + acts.put.version().get() + acts.clear.version().get();
    let list = Resource::new(changes, |_| load_flags());
    view! {
        <AdminFrame>
            <Page title=tu_string!(i18n, admin.frame.flags) subtitle=tu_string!(i18n, admin.flags.intro)>
                <FormErrors error=action_error(acts.set) />
                <FormErrors error=action_error(acts.put) />
                <FormErrors error=action_error(acts.clear) />
                <Loaded resource=list children=move |list| view! { <Flags list acts /> } />
            </Page>
        </AdminFrame>
    }
}

#[component]
fn Flags(list: Vec<FlagState>, acts: Acts) -> impl IntoView {
    list.into_iter().map(|state| view! { <Flag state acts /> }).collect_view()
}

#[component]
fn Flag(state: FlagState, acts: Acts) -> impl IntoView {
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
        let choices = vec![
            ("true".to_owned(), tu_string!(i18n, admin.flags.on).to_owned()),
            ("false".to_owned(), tu_string!(i18n, admin.flags.off).to_owned()),
        ];
        view! {
            <ul class="space-y-2">{overrides}</ul>
            <ActionForm action=acts.put attr:class="flex flex-wrap items-end gap-3">
                <input type="hidden" name="flag" value=flag.as_str() />
                <TextField
                    name="organization_id"
                    id=format!("{flag}-organization")
                    label=tu_string!(i18n, admin.flags.organization)
                    hint=tu_string!(i18n, admin.flags.organization_hint)
                    required=true
                    autocomplete="off"
                    errors=field_errors(acts.put)
                />
                <Select
                    name="is_on"
                    id=format!("{flag}-state")
                    label=tu_string!(i18n, admin.users.state)
                    options=Signal::stored(choices)
                />
                <Button kind="submit" pending=acts.put.pending()>{tu_string!(i18n, admin.flags.put)}</Button>
            </ActionForm>
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
