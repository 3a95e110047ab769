//! `/app/settings/members`: the people of the organization.

use base::{Loaded, Page, Panel, use_me};
use i18n::*;
use leptos::prelude::*;
use types::member::{Availability, Member, Role};
use ui::{Badge, Column, Select, Table, Tone};

use crate::{
    rpc::{self, SetAvailability},
    tabs::{SettingsTabs, report},
};

/// Everybody with role and availability; one's own can be changed.
#[component]
pub fn MembersPage() -> impl IntoView {
    let i18n = use_i18n();
    let members = Resource::new(|| (), |()| rpc::load_members());
    view! {
        <Page title=tu_string!(i18n, settings.tabs.members) subtitle=tu_string!(i18n, settings.members.intro) width="max-w-3xl">
            <SettingsTabs />
            <Loaded resource=members let:list>
                <Members members=list on_change=Callback::new(move |()| members.refetch()) />
            </Loaded>
        </Page>
    }
}

#[component]
fn Members(members: Vec<Member>, on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let set = ServerAction::<SetAvailability>::new();
    report(set, tu_string!(i18n, settings.saved), move || on_change.run(()));
    let me = untrack(|| use_me().get()).map(|me| me.member_id);
    let mine = members.iter().find(|member| Some(member.id) == me).map(|member| member.availability);
    let choices = Availability::ALL
        .iter()
        .map(|word| (word.to_string(), availability(i18n, *word).to_owned()))
        .collect::<Vec<_>>();
    let own = mine.map(|mine| {
        view! {
            <Panel class="mb-4 p-4">
                <Select
                    name="availability"
                    label=tu_string!(i18n, settings.members.mine)
                    hint=tu_string!(i18n, settings.members.mine_hint)
                    options=choices
                    value=mine.to_string()
                    on_change=move |value: String| {
                        if let Ok(availability) = value.parse() {
                            set.dispatch(SetAvailability { availability });
                        }
                    }
                />
            </Panel>
        }
    });
    let columns = vec![
        Column::new(tu_string!(i18n, settings.members.name)),
        Column::classed(tu_string!(i18n, settings.members.email), "max-sm:hidden"),
        Column::new(tu_string!(i18n, settings.members.role)),
        Column::new(tu_string!(i18n, settings.members.availability)),
    ];
    let rows = members
        .into_iter()
        .map(|member| {
            let role = match member.role {
                Role::Owner => tu_string!(i18n, settings.members.owner),
                Role::Admin => tu_string!(i18n, settings.members.admin),
                Role::Member => tu_string!(i18n, settings.members.member),
            };
            let tone = if member.availability == Availability::Online { Tone::Success } else { Tone::Neutral };
            view! {
                <tr>
                    <td class="font-medium">{member.name}</td>
                    <td class="max-sm:hidden">{member.email}</td>
                    <td>{role}</td>
                    <td><Badge tone>{availability(i18n, member.availability)}</Badge></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        {own}
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
