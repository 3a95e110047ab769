use base::{ActionForm, FormErrors, Panel, action_error, report, role_name};
use i18n::*;
use leptos::prelude::*;
use types::member::Invitation;
use ui::{Badge, Button, ButtonSize, ButtonStyle, Column, RelativeTime, Table, Tone};

use crate::rpc::{ResendInvitation, RevokeInvitation};

/// The invitations that wait to be accepted.
#[component]
pub fn Invitations(list: Vec<Invitation>, may_write: bool, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let resend = ServerAction::<ResendInvitation>::new();
    let revoke = ServerAction::<RevokeInvitation>::new();
    report(resend, tu_string!(i18n, settings.members.invited), move || changed.run(()));
    report(revoke, tu_string!(i18n, settings.members.revoked), move || changed.run(()));
    let columns = vec![
        Column::new(tu_string!(i18n, settings.members.email)),
        Column::new(tu_string!(i18n, settings.members.role)),
        Column::classed(tu_string!(i18n, settings.members.sent), "max-sm:hidden"),
        Column::hidden(tu_string!(i18n, settings.members.resend)),
    ];
    let is_empty = list.is_empty();
    let rows = list.into_iter().map(|invitation| view! { <Row invitation may_write resend revoke /> }).collect_view();
    (!is_empty).then(|| {
        view! {
            <FormErrors error=action_error(resend) />
            <Panel title=tu_string!(i18n, settings.members.open) class="mt-4">
                <Table caption=tu_string!(i18n, settings.members.open) columns>
                    {rows}
                </Table>
            </Panel>
        }
    })
}

#[component]
fn Row(
    invitation: Invitation,
    may_write: bool,
    resend: ServerAction<ResendInvitation>,
    revoke: ServerAction<RevokeInvitation>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = invitation.id.to_string();
    let same = id.clone();
    let button = |label: &'static str| {
        view! {
            <Button kind="submit" style=ButtonStyle::Ghost size=ButtonSize::Small>
                {label}
            </Button>
        }
    };
    let acts = may_write.then(|| {
        view! {
            <div class="flex justify-end gap-1">
                <ActionForm action=resend>
                    <input type="hidden" name="id" value=id />
                    {button(tu_string!(i18n, settings.members.resend))}
                </ActionForm>
                <ActionForm action=revoke>
                    <input type="hidden" name="id" value=same />
                    {button(tu_string!(i18n, settings.members.revoke))}
                </ActionForm>
            </div>
        }
    });
    view! {
        <tr>
            <td class="font-medium break-all">{invitation.email}</td>
            <td>{role_name(i18n, invitation.role, invitation.role_name.as_deref())}</td>
            <td class="max-sm:hidden">
                <RelativeTime at=invitation.created_at /> " "
                {invitation
                    .has_expired
                    .then(|| view! { <Badge tone=Tone::Warning>{tu_string!(i18n, settings.members.ended)}</Badge> })}
            </td>
            <td>{acts}</td>
        </tr>
    }
}
