//! Small words that several pages of the area show.

use i18n::*;
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use types::organization::OrganizationStatus;
use ui::{Badge, Pagination, Tone};

/// A number of bytes in the reader's language.
pub fn bytes(i18n: I18n, bytes: i64) -> String {
    format_bytes(i18n.get_locale_untracked(), bytes)
}

/// A number in the reader's language.
pub fn number(i18n: I18n, number: i64) -> String {
    format_number(i18n.get_locale_untracked(), number)
}

/// An organization's status as a badge.
pub fn status_badge(i18n: I18n, status: OrganizationStatus) -> impl IntoView {
    let tone = match status {
        OrganizationStatus::Active => Tone::Success,
        OrganizationStatus::Suspended => Tone::Warning,
        OrganizationStatus::Deleted => Tone::Danger,
    };
    view! { <Badge tone>{status_name(i18n, status)}</Badge> }
}

/// The word for an organization's status.
pub fn status_name(i18n: I18n, status: OrganizationStatus) -> &'static str {
    match status {
        OrganizationStatus::Active => tu_string!(i18n, admin.status.active),
        OrganizationStatus::Suspended => tu_string!(i18n, admin.status.suspended),
        OrganizationStatus::Deleted => tu_string!(i18n, admin.status.deleted),
    }
}

/// A text of the address's query.
pub fn text(map: &ParamsMap, name: &str) -> String {
    map.get(name).map(|value| value.trim().to_owned()).unwrap_or_default()
}

/// Links to a list's pages; the other parts of the address stay.
#[component]
pub fn Pages(path: &'static str, page: i64, pages: i64) -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map().get_untracked();
    let href = Callback::new(move |page: i64| {
        let mut map = map.clone();
        map.replace("page", page.to_string());
        format!("{path}{}", map.to_query_string())
    });
    let position = tu_string!(i18n, common.pages.of, page = page, pages = pages).to_string();
    view! {
        <Pagination
            page
            pages
            href
            label=tu_string!(i18n, common.pages.label)
            previous_label=tu_string!(i18n, common.pages.previous)
            next_label=tu_string!(i18n, common.pages.next)
            position
        />
    }
}
