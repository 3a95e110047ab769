use base::{Panel, role_name};
use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use types::{id::OrganizationId, platform::OrganizationPerson};
use ui::{Badge, Button, ButtonSize, Column, RelativeTime, Table, TextField, Tone};

use crate::rpc::Impersonate;

/// The organization's members, and the forms with which operators work as one of them.
#[component]
pub fn People(
    people: Vec<OrganizationPerson>,
    organization: OrganizationId,
    is_active: bool,
    action: ServerAction<Impersonate>,
) -> impl IntoView {
    let i18n = use_i18n();
    let pending = action.pending();
    let rows = people
        .into_iter()
        .map(|person| {
            let may = is_active && person.is_active && !person.is_platform_admin;
            let label = tu_string!(i18n, admin.impersonation.as_member, name = person.name.clone()).to_string();
            let field = format!("reason-{}", person.user_id);
            let work = may.then(|| {
                view! {
                    <details>
                        <summary class="cursor-pointer text-sm">{label}</summary>
                        // By a full load: nothing of the operator's stays on the screen.
                        <form method="post" action=Impersonate::PATH class="mt-2 flex flex-col items-start gap-2">
                            <input type="hidden" name="user_id" value=person.user_id.to_string() />
                            <input type="hidden" name="organization_id" value=organization.to_string() />
                            <TextField
                                name="reason"
                                id=field
                                label=tu_string!(i18n, admin.reason)
                                hint=tu_string!(i18n, admin.impersonation.hint)
                                required=true
                                maxlength=500
                                autocomplete="off"
                            />
                            <Button kind="submit" size=ButtonSize::Small pending>
                                {tu_string!(i18n, admin.impersonation.begin)}
                            </Button>
                        </form>
                    </details>
                }
            });
            let locked = (!person.is_active)
                .then(|| view! { <Badge tone=Tone::Warning>{tu_string!(i18n, admin.users.locked)}</Badge> });
            view! {
                <tr>
                    <td>
                        <a href=format!("/admin/users/{}", person.user_id) class="link">{person.name}</a>
                        <span class="block text-xs text-muted break-all">{person.email}</span>
                    </td>
                    <td>{role_name(i18n, person.role, None)} " " {locked}</td>
                    <td class="whitespace-nowrap">
                        {match person.last_seen_at {
                            Some(at) => view! { <RelativeTime at /> }.into_any(),
                            None => tu_string!(i18n, admin.organization.never).into_any(),
                        }}
                    </td>
                    <td>{work}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new(tu_string!(i18n, admin.organizations.name)),
        Column::new(tu_string!(i18n, admin.organization.role)),
        Column::new(tu_string!(i18n, admin.organizations.active)),
        Column::hidden(tu_string!(i18n, admin.impersonation.title)),
    ];
    view! {
        <Panel title=tu_string!(i18n, admin.figures.members) class="mb-4">
            <Table caption=tu_string!(i18n, admin.figures.members) columns>
                {rows}
            </Table>
        </Panel>
    }
}
