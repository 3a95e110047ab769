//! Everything about one contact.

use base::{ActionForm, AppError, Loaded, Page, Panel, after_action, error_text};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use types::{
    contact::{Contact, TimelineEntry},
    conversation::ConversationSummary,
    error::ErrorCode,
    id::ContactId,
};
use ui::{Alert, Avatar, ButtonLink, EmptyState, LocalTime, TimeFormat, Tone, icons};

use crate::{
    ContactBadges, ContactFields, ConversationLinks, ShownContact, delete::DeleteContactForm, display_name,
    field::ContactField, identities::Identities, rpc, timeline::Timeline,
};

type Loading<T> = Resource<Result<T, AppError>>;

/// The page `/app/contacts/:id`.
#[component]
pub fn ContactPage() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<ContactId>().ok()));
    let contact = Resource::new(move || id.get(), |id| async move { rpc::get_contact(known(id)?).await });
    let history = Resource::new(move || id.get(), |id| async move { rpc::contact_timeline(known(id)?).await });
    let talks = Resource::new(move || id.get(), |id| async move { rpc::contact_conversations(known(id)?).await });
    let tags = Resource::new(|| (), |()| rpc::contact_tags());
    let is_missing =
        move || contact.with(|found| matches!(found, Some(Err(error)) if error.code == ErrorCode::NotFound));
    view! {
        <Transition>
            <Show when=is_missing>
                <Page title=tu_string!(i18n, contacts.title)>
                    <EmptyState
                        icon=icons::USERS
                        title=tu_string!(i18n, contacts.not_found_title)
                        text=tu_string!(i18n, contacts.not_found_body)
                    >
                        <ButtonLink href="/app/contacts">{tu_string!(i18n, contacts.back)}</ButtonLink>
                    </EmptyState>
                </Page>
            </Show>
            <Show when=move || !is_missing()>
                <Loaded resource=contact children=move |contact| view! { <ContactView contact history talks tags /> } />
            </Show>
        </Transition>
    }
}

/// An address whose last part is no id leads to nothing.
fn known(id: Option<ContactId>) -> Result<ContactId, AppError> {
    id.ok_or_else(|| AppError::new(ErrorCode::NotFound, "there is no such contact"))
}

#[component]
fn ContactView(
    contact: Contact,
    history: Loading<Vec<TimelineEntry>>,
    talks: Loading<Vec<ConversationSummary>>,
    tags: Loading<Vec<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = contact.summary.id;
    let first_contact = contact.first_contact_at.unwrap_or(contact.summary.created_at);
    let identities = contact.identities.clone();
    let shown = ShownContact::new(contact);
    let contact = shown.contact;
    let summary = Signal::derive(move || contact.with(|contact| contact.summary.clone()));
    let name = Memo::new(move |_| {
        summary.with(|contact| display_name(i18n, &contact.name, contact.email.as_deref(), contact.id))
    });
    view! {
        <Page title=move || name.get() back=("/app/contacts".to_owned(), tu_string!(i18n, contacts.back)) width="max-w-6xl" actions=move || view! { <FlagButtons shown /> }>
            <div class="-mt-3 mb-5 flex flex-wrap items-center gap-3">
                {move || view! { <Avatar name=name.get() seed=id.to_string() class="size-10" /> }}
                <ContactBadges contact=summary />
                <span class="text-muted">
                    {tu_string!(i18n, contacts.first_contact)} " "
                    <LocalTime at=first_contact format=TimeFormat::Date />
                </span>
            </div>
            <Show when=move || summary.with(|contact| contact.is_blocked)>
                <Alert tone=Tone::Warning class="mb-4">{tu_string!(i18n, contacts.blocked_hint)}</Alert>
            </Show>
            <div class="grid items-start gap-5 lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
                <div class="flex min-w-0 flex-col gap-5">
                    <Panel title=tu_string!(i18n, contacts.details)>
                        <div class="p-4">
                            <Transition>
                                <ContactFields
                                    shown
                                    known_tags=Signal::derive(move || tags.get().and_then(Result::ok).unwrap_or_default())
                                />
                            </Transition>
                        </div>
                    </Panel>
                    <Panel title=tu_string!(i18n, contacts.identities)><Identities identities /></Panel>
                </div>
                <div class="flex min-w-0 flex-col gap-5">
                    <Panel title=tu_string!(i18n, contacts.conversations)>
                        <Loaded
                            resource=talks
                            children=move |conversations| view! { <ConversationLinks conversations /> }
                        />
                    </Panel>
                    <Panel title=tu_string!(i18n, contacts.timeline)>
                        <Loaded resource=history children=move |entries| view! { <Timeline entries /> } />
                    </Panel>
                    <DeleteContactForm id name />
                </div>
            </div>
        </Page>
    }
}

/// Important or not, blocked or not.
#[component]
fn FlagButtons(shown: ShownContact) -> impl IntoView {
    let i18n = use_i18n();
    let contact = shown.contact;
    let id = contact.with_untracked(|contact| contact.summary.id);
    let action = ServerAction::<rpc::SetContactField>::new();
    shown.keep(action);
    after_action(action, |_| (), error_text);
    let button = move |field: ContactField, on: Signal<bool>, glyph, set: &'static str, unset: &'static str| {
        view! {
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="field" value=field.as_str() />
                <button
                    class="btn btn-sm"
                    name="value"
                    value=move || (!on.get()).to_string()
                    aria-pressed=move || on.get().to_string()
                    disabled=action.pending()
                >
                    <ui::Icon glyph />
                    {move || if on.get() { unset } else { set }}
                </button>
            </ActionForm>
        }
    };
    let vip = Signal::derive(move || contact.with(|contact| contact.summary.is_vip));
    let blocked = Signal::derive(move || contact.with(|contact| contact.summary.is_blocked));
    view! {
        {button(
            ContactField::Vip,
            vip,
            icons::STAR,
            tu_string!(i18n, contacts.make_vip),
            tu_string!(i18n, contacts.unmake_vip),
        )}
        {button(
            ContactField::Blocked,
            blocked,
            icons::BAN,
            tu_string!(i18n, contacts.block),
            tu_string!(i18n, contacts.unblock),
        )}
    }
}
