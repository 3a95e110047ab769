use i18n::*;
use leptos::prelude::*;
use types::contact::{ContactIdentity, IdentityKind};
use ui::{Badge, Tone};

/// The contact's addresses on the channels.
#[component]
pub fn Identities(identities: Vec<ContactIdentity>) -> impl IntoView {
    let i18n = use_i18n();
    if identities.is_empty() {
        return view! { <p class="p-4 text-muted">{tu_string!(i18n, contacts.identities_none)}</p> }.into_any();
    }
    let rows = identities
        .into_iter()
        .map(|identity| {
            let kind = match identity.kind {
                IdentityKind::Visitor => tu_string!(i18n, contacts.kind_visitor),
                IdentityKind::User => tu_string!(i18n, contacts.kind_user),
                IdentityKind::Email => tu_string!(i18n, contacts.kind_email),
                IdentityKind::Phone => tu_string!(i18n, contacts.kind_phone),
                IdentityKind::Whatsapp => tu_string!(i18n, contacts.kind_whatsapp),
            };
            let (tone, proof) = if identity.is_verified {
                (Tone::Success, tu_string!(i18n, contacts.verified))
            } else {
                (Tone::Neutral, tu_string!(i18n, contacts.not_verified))
            };
            view! {
                <li class="flex flex-col gap-0.5 px-4 py-2.5">
                    <span class="flex items-center justify-between gap-2">
                        <span class="truncate font-medium">{kind} " · " {identity.channel_name}</span>
                        <Badge tone>{proof}</Badge>
                    </span>
                    <span class="truncate text-sm text-muted" title=identity.external_id.clone()>
                        {identity.external_id.clone()}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="divide-y divide-line">{rows}</ul> }.into_any()
}
