use base::{ActionForm, AppError, Danger, FormErrors, Panel, action_error, field_errors, role_name, use_me};
use i18n::*;
use leptos::prelude::*;
use types::member::{Member, RoleChoice};
use ui::{Alert, Select, Tone};

use crate::{
    form_acts::FormActs,
    role_names::role_choices,
    rpc::{People, RemoveMember, SaveMember},
};

/// Role and team of one member, and the way out.
#[component]
pub fn MemberForm(member: Member, people: People) -> impl IntoView {
    let i18n = use_i18n();
    let save = ServerAction::<SaveMember>::new();
    let remove = ServerAction::<RemoveMember>::new();
    let errors = field_errors(save);
    let current = RoleChoice { role: member.role, custom: member.role_id }.to_string();
    let mut roles = role_choices(use_me(), &people.roles);
    // A role that one may not give oneself is shown all the same; the server refuses to take it away.
    if !roles.iter().any(|(value, _)| *value == current) {
        roles.insert(0, (current.clone(), role_name(i18n, member.role, member.role_name.as_deref())));
    }
    let none = (String::new(), tu_string!(i18n, settings.members.no_team).to_owned());
    let teams: Vec<_> =
        std::iter::once(none).chain(people.teams.into_iter().map(|team| (team.id.to_string(), team.name))).collect();
    let team = member.team_id.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Panel title=member.name.clone()>
            <div class="p-4">
                <ActionForm action=save attr:class="space-y-4">
                    {last_owner(i18n, action_error(save))}
                    <input type="hidden" name="id" value=member.id.to_string() />
                    <input type="hidden" name="shown_role" value=current.clone() />
                    <input type="hidden" name="shown_team" value=team.clone() />
                    <p class="text-muted">{member.email}</p>
                    <div class="grid gap-4 sm:grid-cols-2">
                        <Select name="role" label=tu_string!(i18n, settings.members.role) options=roles value=current errors />
                        <Select name="team" label=tu_string!(i18n, settings.members.team) options=teams value=team errors />
                    </div>
                    <FormActs back="/app/settings/members" pending=save.pending() />
                </ActionForm>
            </div>
        </Panel>
        <Danger
            action=remove
            label=tu_string!(i18n, settings.members.remove)
            text=tu_string!(i18n, settings.members.remove_text, name = member.name)
            conflict=tu_string!(i18n, settings.members.last_owner)
            class="mt-4"
        >
            <input type="hidden" name="id" value=member.id.to_string() />
        </Danger>
    }
}

/// The error of a form about a member; the last owner has words of its own.
fn last_owner(i18n: I18n, error: Signal<Option<AppError>>) -> impl IntoView {
    let is_last = move || error.with(|error| error.as_ref().is_some_and(AppError::is_conflict));
    let other = Signal::derive(move || error.get().filter(|error| !error.is_conflict()));
    view! {
        {move || {
            is_last().then(|| view! { <Alert tone=Tone::Danger class="mb-4">{tu_string!(i18n, settings.members.last_owner)}</Alert> })
        }}
        <FormErrors error=other />
    }
}
