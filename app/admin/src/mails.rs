//! `/admin/mail`: the mails of the last month, `?status=` filters.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::mail::{MailStatus, MailSummary};
use ui::{Badge, Column, EmptyState, RelativeTime, TabLink, Table, Tabs, Tone, icons};

use crate::rpc::load_mails;

/// The list of mails.
#[component]
pub fn MailsPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let status = Memo::new(move |_| query.with(|query| query.get("status")).and_then(|word| word.parse().ok()));
    let mails = Resource::new(move || status.get(), load_mails);
    let filters = MailStatus::ALL
        .iter()
        .map(|status| {
            view! { <TabLink href=format!("/admin/mail?status={status}") exact=true>{status_name(i18n, *status)}</TabLink> }
        })
        .collect_view();
    view! {
        <Page title=tu_string!(i18n, admin.mail.title) subtitle=tu_string!(i18n, admin.mail.intro)>
            <Tabs label=tu_string!(i18n, admin.mail.status)>
                <TabLink href="/admin/mail" exact=true>{tu_string!(i18n, admin.mail.all)}</TabLink>
                {filters}
            </Tabs>
            <Loaded resource=mails children=move |list| view! { <Mails list /> } />
        </Page>
    }
}

#[component]
fn Mails(list: Vec<MailSummary>) -> impl IntoView {
    let i18n = use_i18n();
    if list.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::MAIL
                    title=tu_string!(i18n, admin.mail.empty)
                    text=tu_string!(i18n, admin.mail.empty_text)
                />
            </Panel>
        }
        .into_any();
    }
    let columns = vec![
        Column::new(tu_string!(i18n, admin.mail.subject)),
        Column::classed(tu_string!(i18n, admin.mail.recipient), "max-sm:hidden"),
        Column::new(tu_string!(i18n, admin.mail.status)),
        Column::new(tu_string!(i18n, admin.mail.written)),
    ];
    let rows = list
        .into_iter()
        .map(|mail| {
            view! {
                <tr>
                    <td class="font-medium">
                        <a href=format!("/admin/mail/{}", mail.id) class="link">{mail.subject}</a>
                    </td>
                    <td class="max-sm:hidden break-all">{mail.recipient}</td>
                    <td>{status_badge(i18n, mail.status)}</td>
                    <td class="whitespace-nowrap"><RelativeTime at=mail.created_at /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, admin.mail.title) columns>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

/// A mail's status as a badge.
pub fn status_badge(i18n: I18n, status: MailStatus) -> impl IntoView {
    let tone = match status {
        MailStatus::Queued => Tone::Info,
        MailStatus::Sent => Tone::Success,
        MailStatus::Failed => Tone::Danger,
        MailStatus::Kept => Tone::Neutral,
    };
    view! { <Badge tone>{status_name(i18n, status)}</Badge> }
}

fn status_name(i18n: I18n, status: MailStatus) -> &'static str {
    match status {
        MailStatus::Queued => tu_string!(i18n, admin.mail.queued),
        MailStatus::Sent => tu_string!(i18n, admin.mail.sent),
        MailStatus::Failed => tu_string!(i18n, admin.mail.failed),
        MailStatus::Kept => tu_string!(i18n, admin.mail.kept),
    }
}
