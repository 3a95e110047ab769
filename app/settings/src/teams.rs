//! `/app/settings/teams`: the departments as a tree. `?edit=ID` or `?edit=new` opens the form.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    id::TeamId,
    member::{Member, Team},
    permission::Permission,
};
use ui::{ButtonLink, ButtonStyle, EmptyState, IconLink, Select, TextArea, TextField, icons};

use crate::{
    form_acts::FormActs,
    rpc::{self, DeleteTeam, SaveTeam},
    tabs::SettingsTabs,
};

/// The tree of teams and the forms of one.
#[component]
pub fn TeamsPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let edited = Memo::new(move |_| query.with(|query| query.get("edit")));
    // The forms lead back to this page; reading the address again loads what they changed.
    let teams = Resource::new(move || edited.get(), |_| rpc::load_teams());
    let me = use_me();
    let may_write = move || me.may(Permission::MembersWrite);
    let actions = move || {
        view! {
            <Transition>
                {move || may_write().then(|| view! {
                    <ButtonLink href="/app/settings/teams?edit=new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, settings.teams.add)}
                    </ButtonLink>
                })}
            </Transition>
        }
    };
    view! {
        <Page title=tu_string!(i18n, settings.tabs.teams) subtitle=tu_string!(i18n, settings.teams.intro) width="max-w-4xl" actions=actions>
            <SettingsTabs />
            <Loaded resource=teams children=move |(teams, members)| match edited.get().filter(|_| untrack(may_write)) {
                Some(id) => {
                    let team = teams.iter().find(|team| team.id.to_string() == id).cloned();
                    // A closure makes its elements anew: no form begins with what was chosen in the one before.
                    (move || view! { <TeamForm team=team.clone() teams=teams.clone() members=members.clone() /> }).into_any()
                }
                None if teams.is_empty() => view! {
                    <Panel>
                        <EmptyState
                            icon=icons::USERS
                            title=tu_string!(i18n, settings.teams.empty)
                            text=tu_string!(i18n, settings.teams.empty_text)
                        />
                    </Panel>
                }
                .into_any(),
                None => {
                    let may_write = untrack(may_write);
                    let rows = in_order(&teams)
                        .into_iter()
                        .map(|(depth, team)| {
                            let manager = members.iter().find(|member| Some(member.id) == team.manager_id);
                            let manager = manager.map(|member| member.name.clone());
                            view! { <TeamRow team=team.clone() depth manager may_write /> }
                        })
                        .collect_view();
                    view! { <Panel><ul class="divide-y divide-line">{rows}</ul></Panel> }.into_any()
                }
            } />
        </Page>
    }
}

/// The teams with how deep each stands, those below a team right after it.
fn in_order(teams: &[Team]) -> Vec<(usize, &Team)> {
    fn below<'a>(teams: &'a [Team], parent: Option<TeamId>, depth: usize, found: &mut Vec<(usize, &'a Team)>) {
        for team in teams.iter().filter(|team| team.parent_id == parent) {
            found.push((depth, team));
            below(teams, Some(team.id), depth + 1, found);
        }
    }
    let mut found = Vec::new();
    below(teams, None, 0, &mut found);
    found
}

#[component]
fn TeamRow(team: Team, depth: usize, manager: Option<String>, may_write: bool) -> impl IntoView {
    let i18n = use_i18n();
    let edit = may_write.then(|| {
        view! {
            <IconLink
                glyph=icons::PENCIL
                href=format!("/app/settings/teams?edit={}", team.id)
                label=tu_string!(i18n, settings.members.edit, name = team.name.clone()).to_string()
            />
        }
    });
    let managed = manager.map(|name| tu_string!(i18n, settings.teams.managed, name = name).to_string());
    view! {
        <li class="flex items-start gap-2 p-4" style:padding-inline-start=format!("{}rem", 1 + depth * 2)>
            <div class="min-w-0 grow">
                <p class="font-medium">{team.name.clone()}</p>
                <p class="text-sm text-muted">{team.description.clone()}</p>
                <p class="mt-1 text-sm text-muted">
                    {tu_string!(i18n, settings.roles.members, count = team.members.to_string()).to_string()} " " {managed}
                </p>
            </div>
            {edit}
        </li>
    }
}

#[component]
fn TeamForm(team: Option<Team>, teams: Vec<Team>, members: Vec<Member>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<SaveTeam>::new();
    let errors = field_errors(action);
    let none = || (String::new(), tu_string!(i18n, common.state.none).to_owned());
    let own = team.as_ref().map(|team| team.id);
    let parents = teams.into_iter().filter(|team| Some(team.id) != own).map(|team| (team.id.to_string(), team.name));
    let parents: Vec<_> = std::iter::once(none()).chain(parents).collect();
    let managers = members.into_iter().map(|member| (member.id.to_string(), member.name));
    let managers: Vec<_> = std::iter::once(none()).chain(managers).collect();
    let delete = ServerAction::<DeleteTeam>::new();
    let deletion = team.as_ref().map(|team| {
        let id = team.id;
        view! {
            <Danger
                action=delete
                label=tu_string!(i18n, common.action.delete)
                title=tu_string!(i18n, common.action.delete_question, name = team.name.clone())
                text=tu_string!(i18n, settings.teams.delete_text)
                class="mt-4"
            >
                <input type="hidden" name="id" value=id.to_string() />
            </Danger>
        }
    });
    let id = own.map(|id| id.to_string()).unwrap_or_default();
    let shown = team.as_ref().map(|team| team.updated_at.timestamp_micros());
    let parent = team.as_ref().and_then(|team| team.parent_id).map(|id| id.to_string()).unwrap_or_default();
    let manager = team.as_ref().and_then(|team| team.manager_id).map(|id| id.to_string()).unwrap_or_default();
    let (name, description) = team.map_or_else(Default::default, |team| (team.name, team.description));
    view! {
        <Panel>
            <div class="p-4">
                <ActionForm action attr:class="space-y-4">
                    <FormErrors error=action_error(action) />
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="shown" value=shown />
                    <TextField
                        name="name"
                        label=tu_string!(i18n, settings.teams.name)
                        value=name
                        required=true
                        maxlength=60
                        errors
                    />
                    <TextArea
                        name="description"
                        label=tu_string!(i18n, settings.teams.description)
                        value=description
                        rows=2
                        maxlength=500
                        errors
                    />
                    <div class="grid gap-4 sm:grid-cols-2">
                        <Select name="parent_id" label=tu_string!(i18n, settings.teams.parent) options=parents value=parent errors />
                        <Select name="manager_id" label=tu_string!(i18n, settings.teams.manager) options=managers value=manager errors />
                    </div>
                    <FormActs back="/app/settings/teams" pending=action.pending() />
                </ActionForm>
            </div>
        </Panel>
        {deletion}
    }
}
