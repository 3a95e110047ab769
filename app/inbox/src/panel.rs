//! Beside the thread: who is on the other side, and what was said before.

use ::contacts::{ContactBadges, ContactFields, ConversationLinks, ShownContact};
use base::{AppError, Loaded};
use i18n::*;
use leptos::prelude::*;
use ui::{Avatar, Icon, LocalTime, TimeFormat, icons};

use crate::{context::use_inbox, query, rpc::ContactPanel, words};

/// The contact of the open thread.
#[component]
pub fn ContactSide(panel: Resource<Result<ContactPanel, AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let thread = move || query::href(&inbox.filter.get(), inbox.open.get());
    view! {
        <h2 class="sr-only">{tu_string!(i18n, inbox.panel)}</h2>
        <a class="btn btn-ghost btn-sm m-2 min-[88rem]:hidden" href=thread>
            <Icon glyph=icons::ARROW_LEFT />
            {tu_string!(i18n, inbox.back_to_thread)}
        </a>
        <Loaded resource=panel children=move |panel| view! { <Filled panel /> } />
    }
}

/// Where a letter is begun (RFC 6068). A customer wrote the address: it names nobody else, and no text.
fn mailto(email: &str) -> String {
    let address = email.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('#', "%23");
    format!("mailto:{address}")
}

#[component]
fn Filled(panel: ContactPanel) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let conversation = crate::thread::use_thread().conversation;
    let ContactPanel { contact, earlier } = panel;
    let id = contact.summary.id;
    let shown = ShownContact::new(contact);
    let contact = shown.contact;
    let summary = Signal::derive(move || contact.with(|contact| contact.summary.clone()));
    let name = Memo::new(move |_| {
        summary.with(|contact| ::contacts::display_name(i18n, &contact.name, contact.email.as_deref(), contact.id))
    });
    let row = conversation.get_untracked().summary;
    view! {
        <div class="flex items-center gap-3 px-4 pt-4">
            {move || view! { <Avatar name=name.get() seed=id.to_string() class="size-10" /> }}
            <div class="min-w-0">
                <a class="block truncate py-0.5 font-semibold hover:underline" href=format!("/app/contacts/{id}")>
                    {move || name.get()}
                </a>
                <ContactBadges contact=summary />
                {move || {
                    summary
                        .with(|contact| contact.email.clone())
                        .map(|email| {
                            let href = mailto(&email);
                            view! {
                                <a class="block truncate py-0.5 text-muted hover:underline" href=href>
                                    {email}
                                </a>
                            }
                        })
                }}
            </div>
        </div>
        <div class="p-4">
            <Transition>
                <ContactFields shown known_tags=Signal::derive(move || inbox.tags()) />
            </Transition>
        </div>
        <section class="border-t border-line p-4">
            <h3 class="mb-2 font-semibold">{tu_string!(i18n, inbox.panel_conversation)}</h3>
            <dl class="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-2 gap-y-1">
                <dt class="text-muted">{tu_string!(i18n, inbox.channel)}</dt>
                <dd class="truncate">{words::channel(i18n, row.channel_type)} " · " {row.channel_name.clone()}</dd>
                <dt class="text-muted">{tu_string!(i18n, inbox.started)}</dt>
                <dd><LocalTime at=row.created_at format=TimeFormat::DateTime /></dd>
            </dl>
        </section>
        <section class="border-t border-line pt-4 pb-6">
            <h3 class="px-4 pb-1 font-semibold">{tu_string!(i18n, inbox.panel_earlier)}</h3>
            {if earlier.is_empty() {
                view! { <p class="px-4 text-muted">{tu_string!(i18n, inbox.panel_earlier_none)}</p> }.into_any()
            } else {
                view! { <ConversationLinks conversations=earlier /> }.into_any()
            }}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_begins_a_letter_to_itself_alone() {
        assert_eq!(mailto("ana+shop@alba.example"), "mailto:ana+shop@alba.example");
        assert_eq!(mailto("a?bcc=b&x#%41@c.example"), "mailto:a%3Fbcc=b%26x%23%2541@c.example");
    }
}
