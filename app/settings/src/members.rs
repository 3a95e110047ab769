//! `/app/settings/members`: the people of the organization. `?edit=ID` opens the form of one.

use base::{
    ActionForm, AppError, FormErrors, Loaded, Page, Panel, action_error, field_errors, form_memory::recall, report,
    role_name, use_me,
};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    member::{Availability, Member},
    permission::Permission,
};
use ui::{ActingField, Badge, Button, ButtonStyle, Column, IconLink, Select, Table, TextField, Tone, icons};

use crate::{
    invitations::Invitations,
    member_form::MemberForm,
    role_names::role_choices,
    rpc::{self, Invite, People, SetAvailability},
    tabs::SettingsTabs,
};

/// Everybody with role and availability, the open invitations, and the form that invites.
#[component]
pub fn MembersPage() -> impl IntoView {
    let (i18n, me) = (use_i18n(), use_me());
    let query = use_query_map();
    let edited = Memo::new(move |_| query.with(|query| query.get("edit")));
    let invite = ServerAction::<Invite>::new();
    // The forms lead back to this page; reading the address again loads what they saved.
    let people = Resource::new(move || edited.get(), |_| rpc::load_people());
    let changed = Callback::new(move |()| people.refetch());
    report(invite, tu_string!(i18n, settings.members.invited), move || people.refetch());
    let may_invite = move || {
        let are_loaded = people.with(|people| matches!(people, Some(Ok(_))));
        me.may(Permission::MembersWrite) && are_loaded && edited.get().is_none()
    };
    view! {
        <Page title=tu_string!(i18n, settings.tabs.members) subtitle=tu_string!(i18n, settings.members.intro) width="max-w-4xl">
            <SettingsTabs />
            // Outside of what is loaded again, which would empty it.
            <Transition>
                <Show when=may_invite>
                    <InviteForm invite people />
                </Show>
            </Transition>
            <Loaded resource=people children=move |people| {
                let edited = edited.get().filter(|_| untrack(|| me.may(Permission::MembersWrite)));
                let member = edited.and_then(|id| {
                    people.members.iter().find(|member| member.id.to_string() == id).cloned()
                });
                match member {
                    Some(member) => view! { <MemberForm member people /> }.into_any(),
                    None => view! { <Everybody people changed /> }.into_any(),
                }
            } />
        </Page>
    }
}

#[component]
fn Everybody(people: People, changed: Callback<()>) -> impl IntoView {
    let may_write = untrack(|| use_me().may(Permission::MembersWrite));
    view! {
        <Mine members=people.members.clone() changed />
        <Members members=people.members may_write />
        <Invitations list=people.invitations may_write changed />
    }
}

/// One's own availability.
#[component]
fn Mine(members: Vec<Member>, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let set = ServerAction::<SetAvailability>::new();
    report(set, tu_string!(i18n, settings.saved), move || changed.run(()));
    let me = untrack(|| use_me().get()).map(|me| me.member_id);
    let mine = members.iter().find(|member| Some(member.id) == me).map(|member| member.availability);
    let choices = Availability::ALL
        .iter()
        .map(|word| (word.to_string(), availability(i18n, *word).to_owned()))
        .collect::<Vec<_>>();
    mine.map(|mine| {
        let value = RwSignal::new(mine.to_string());
        // A choice that was refused gives way to the one that counts.
        Effect::new(move |_| {
            if set.value().with(|answer| matches!(answer, Some(Err(_)))) {
                value.notify();
            }
        });
        view! {
            <Panel class="mb-4 p-4">
                <ActingField
                    name="availability"
                    label=tu_string!(i18n, settings.members.mine)
                    hint=tu_string!(i18n, settings.members.mine_hint)
                    options=choices
                    value
                    on_choice=move |value: String| {
                        if let Ok(availability) = value.parse() {
                            set.dispatch(SetAvailability { availability });
                        }
                    }
                />
            </Panel>
        }
    })
}

/// The form that invites. What was sent leaves an empty line behind, what was refused stays.
#[component]
fn InviteForm(invite: ServerAction<Invite>, people: Resource<Result<People, AppError>>) -> impl IntoView {
    let (i18n, me) = (use_i18n(), use_me());
    let errors = field_errors(invite);
    // Compared, so that the same roles loaded again leave the chosen one.
    let choices = Memo::new(move |_| {
        people.get().and_then(Result::ok).map(|people| role_choices(me, &people.roles)).unwrap_or_default()
    });
    view! {
        <Panel title=tu_string!(i18n, settings.members.invite) class="mb-4">
            <div class="p-4">
                <ActionForm action=invite empties=&["email"] attr:class="space-y-4">
                    <FormErrors error=action_error(invite) />
                    <div class="grid gap-4 sm:grid-cols-[1fr_14rem]">
                        <TextField
                            name="email"
                            kind="email"
                            label=tu_string!(i18n, settings.members.email)
                            value=recall("invited")
                            autocomplete="off"
                            required=true
                            errors
                        />
                        <Select name="role" label=tu_string!(i18n, settings.members.role) options=choices value="member" errors />
                    </div>
                    <Button kind="submit" style=ButtonStyle::Primary pending=invite.pending()>
                        {tu_string!(i18n, settings.members.send)}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
}

#[component]
fn Members(members: Vec<Member>, may_write: bool) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        Column::new(tu_string!(i18n, settings.members.name)),
        Column::classed(tu_string!(i18n, settings.members.email), "max-sm:hidden"),
        Column::new(tu_string!(i18n, settings.members.role)),
        Column::new(tu_string!(i18n, settings.members.availability)),
        Column::hidden(tu_string!(i18n, common.action.edit)),
    ];
    let rows = members
        .into_iter()
        .map(|member| {
            let role = role_name(i18n, member.role, member.role_name.as_deref());
            let tone = if member.availability == Availability::Online { Tone::Success } else { Tone::Neutral };
            let edit = may_write.then(|| {
                view! {
                    <IconLink
                        glyph=icons::PENCIL
                        href=format!("/app/settings/members?edit={}", member.id)
                        label=tu_string!(i18n, settings.members.edit, name = member.name.clone()).to_string()
                    />
                }
            });
            let secured = member.has_second_factor.then(|| {
                view! { <Badge tone=Tone::Info icon=icons::SHIELD>{tu_string!(i18n, settings.members.secured)}</Badge> }
            });
            view! {
                <tr>
                    <td class="font-medium">{member.name} " " {secured}</td>
                    <td class="max-sm:hidden">{member.email}</td>
                    <td>{role}</td>
                    <td><Badge tone>{availability(i18n, member.availability)}</Badge></td>
                    <td class="text-end">{edit}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, settings.tabs.members) columns>
                {rows}
            </Table>
        </Panel>
    }
}

fn availability(i18n: I18n, word: Availability) -> &'static str {
    match word {
        Availability::Online => tu_string!(i18n, settings.members.online),
        Availability::Away => tu_string!(i18n, settings.members.away),
        Availability::Offline => tu_string!(i18n, settings.members.offline),
    }
}
