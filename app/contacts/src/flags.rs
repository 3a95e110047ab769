use i18n::*;
use leptos::prelude::*;
use types::contact::ContactSummary;
use ui::{Badge, Tone, icons};

/// Whether the contact is important or blocked.
#[component]
pub fn ContactBadges(#[prop(into)] contact: Signal<ContactSummary>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let (vip, blocked) = contact.with(|contact| (contact.is_vip, contact.is_blocked));
        view! {
            {vip.then(|| view! { <Badge tone=Tone::Warning icon=icons::STAR>{tu_string!(i18n, contacts.vip)}</Badge> })}
            {blocked.then(|| view! { <Badge tone=Tone::Danger icon=icons::BAN>{tu_string!(i18n, contacts.blocked)}</Badge> })}
        }
    }
}
