//! `/app/settings/roles`: roles of the organization's own. `?edit=ID` or `?edit=new` opens the form.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{member::CustomRole, permission::Permission};
use ui::{ButtonLink, ButtonStyle, EmptyState, IconLink, TextField, icons};

use crate::{
    form_acts::FormActs,
    permissions::permission_name,
    rpc::{self, DeleteRole, SaveRole},
    tabs::SettingsTabs,
};

/// The list of roles and the forms of one.
#[component]
pub fn RolesPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let edited = Memo::new(move |_| query.with(|query| query.get("edit")));
    // The forms lead back to this page; reading the address again loads what they changed.
    let roles = Resource::new(move || edited.get(), |_| rpc::load_roles());
    let me = use_me();
    let may_write = move || me.may(Permission::MembersWrite);
    let actions = move || {
        view! {
            <Transition>
                {move || may_write().then(|| view! {
                    <ButtonLink href="/app/settings/roles?edit=new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, settings.roles.add)}
                    </ButtonLink>
                })}
            </Transition>
        }
    };
    view! {
        <Page title=tu_string!(i18n, settings.tabs.roles) subtitle=tu_string!(i18n, settings.roles.intro) width="max-w-4xl" actions=actions>
            <SettingsTabs />
            <Loaded resource=roles children=move |list| match edited.get().filter(|_| untrack(may_write)) {
                Some(id) => {
                    let role = list.into_iter().find(|role| role.id.to_string() == id);
                    // A closure makes its elements anew: no form begins with what was ticked in the one before.
                    (move || view! { <RoleForm role=role.clone() /> }).into_any()
                }
                None if list.is_empty() => view! {
                    <Panel>
                        <EmptyState
                            icon=icons::SHIELD
                            title=tu_string!(i18n, settings.roles.empty)
                            text=tu_string!(i18n, settings.roles.empty_text)
                        />
                    </Panel>
                }
                .into_any(),
                None => {
                    let may_write = untrack(may_write);
                    let rows = list.into_iter().map(|role| view! { <RoleRow role may_write /> }).collect_view();
                    view! { <Panel><ul class="divide-y divide-line">{rows}</ul></Panel> }.into_any()
                }
            } />
        </Page>
    }
}

#[component]
fn RoleRow(role: CustomRole, may_write: bool) -> impl IntoView {
    let i18n = use_i18n();
    let permissions =
        role.permissions.iter().map(|permission| permission_name(i18n, *permission)).collect::<Vec<_>>().join(" · ");
    let edit = may_write.then(|| {
        view! {
            <IconLink
                glyph=icons::PENCIL
                href=format!("/app/settings/roles?edit={}", role.id)
                label=tu_string!(i18n, settings.members.edit, name = role.name.clone()).to_string()
            />
        }
    });
    view! {
        <li class="flex items-start gap-2 p-4">
            <div class="min-w-0 grow">
                <p class="font-medium">{role.name.clone()}</p>
                <p class="mt-1 text-sm text-muted">{permissions}</p>
                <p class="mt-1 text-sm text-muted">{tu_string!(i18n, settings.roles.members, count = role.members.to_string()).to_string()}</p>
            </div>
            {edit}
        </li>
    }
}

#[component]
fn RoleForm(role: Option<CustomRole>) -> impl IntoView {
    let i18n = use_i18n();
    let me = use_me();
    let action = ServerAction::<SaveRole>::new();
    let errors = field_errors(action);
    let delete = ServerAction::<DeleteRole>::new();
    let deletion = role.as_ref().map(|role| {
        let id = role.id;
        view! {
            <Danger
                action=delete
                label=tu_string!(i18n, common.action.delete)
                title=tu_string!(i18n, common.action.delete_question, name = role.name.clone())
                text=tu_string!(i18n, settings.roles.delete_text)
                conflict=tu_string!(i18n, settings.roles.in_use)
                class="mt-4"
            >
                <input type="hidden" name="id" value=id.to_string() />
            </Danger>
        }
    });
    let shown = role.as_ref().map(|role| role.updated_at.timestamp_micros());
    let (id, name, permissions) =
        role.map_or_else(Default::default, |role| (role.id.to_string(), role.name, role.permissions));
    // Nobody gives more than they have: what one lacks is not offered, but stays when the role has it.
    let boxes = Permission::ALL
        .iter()
        .filter(|permission| untrack(|| me.may(**permission)) || permissions.contains(permission))
        .map(|permission| {
            view! {
                <label class="flex cursor-pointer items-center gap-3 py-1">
                    <input
                        type="checkbox"
                        class="checkbox checkbox-sm"
                        name="form[permissions][]"
                        value=permission.as_str()
                        checked=permissions.contains(permission)
                    />
                    {permission_name(i18n, *permission)}
                </label>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <div class="p-4">
                <ActionForm action attr:class="space-y-4">
                    <FormErrors error=action_error(action) />
                    <input type="hidden" name="form[id]" value=id />
                    <input type="hidden" name="form[shown]" value=shown />
                    <TextField
                        name="form[name]"
                        label=tu_string!(i18n, settings.roles.name)
                        value=name
                        required=true
                        maxlength=60
                        errors
                    />
                    <fieldset>
                        <legend class="mb-1 font-medium">{tu_string!(i18n, settings.roles.permissions)}</legend>
                        <div class="grid sm:grid-cols-2">{boxes}</div>
                    </fieldset>
                    <FormActs back="/app/settings/roles" pending=action.pending() />
                </ActionForm>
            </div>
        </Panel>
        {deletion}
    }
}
