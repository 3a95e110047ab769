use i18n::*;
use leptos::prelude::*;
use types::{contact::TimelineEntry, event::EventName};
use ui::{Glyph, Icon, RelativeTime, icons};

/// What happened with a contact, newest first.
#[component]
pub fn Timeline(entries: Vec<TimelineEntry>) -> impl IntoView {
    let i18n = use_i18n();
    if entries.is_empty() {
        return view! { <p class="p-4 text-muted">{tu_string!(i18n, contacts.timeline_none)}</p> }.into_any();
    }
    let rows = entries
        .into_iter()
        .map(|entry| {
            let (glyph, words) = describe(i18n, &entry.name);
            let is_change = entry.name == EventName::ContactUpdated.as_str();
            let summary = if is_change { fields(i18n, &entry.summary) } else { entry.summary };
            view! {
                <li class="flex gap-3 px-4 py-2">
                    <span class="mt-0.5 text-muted"><Icon glyph /></span>
                    <div class="min-w-0 flex-1">
                        <span class="font-medium">{words}</span>
                        <p class="truncate text-sm text-muted">{summary}</p>
                    </div>
                    <RelativeTime at=entry.created_at class="whitespace-nowrap text-sm text-muted" />
                </li>
            }
        })
        .collect_view();
    view! { <ol class="py-2">{rows}</ol> }.into_any()
}

/// The names of the fields that changed, in the reader's language; a field that has no name here is left out.
fn fields(i18n: I18n, names: &str) -> String {
    let word = |name| match name {
        "name" => Some(tu_string!(i18n, contacts.name)),
        "email" => Some(tu_string!(i18n, contacts.email)),
        "phone" => Some(tu_string!(i18n, contacts.phone)),
        "company" => Some(tu_string!(i18n, contacts.company)),
        "language" => Some(tu_string!(i18n, contacts.language)),
        "time_zone" => Some(tu_string!(i18n, contacts.time_zone)),
        "address" => Some(tu_string!(i18n, contacts.field_address)),
        "notes" => Some(tu_string!(i18n, contacts.notes)),
        "tags" => Some(tu_string!(i18n, contacts.tags)),
        "custom_fields" => Some(tu_string!(i18n, contacts.custom_fields)),
        "is_vip" => Some(tu_string!(i18n, contacts.vip)),
        "is_blocked" => Some(tu_string!(i18n, contacts.blocked)),
        _ => None,
    };
    names.split(", ").filter_map(word).collect::<Vec<_>>().join(", ")
}

/// An icon and words for an event; one that is not known here keeps its own name.
fn describe(i18n: I18n, name: &str) -> (Glyph, String) {
    let Ok(event) = name.parse::<EventName>() else { return (icons::ACTIVITY, name.to_owned()) };
    let (glyph, words) = match event {
        EventName::ContactCreated => (icons::USER_PLUS, tu_string!(i18n, contacts.event_contact_created)),
        EventName::ContactUpdated => (icons::PENCIL, tu_string!(i18n, contacts.event_contact_updated)),
        EventName::ConversationCreated => {
            (icons::MESSAGE_SQUARE, tu_string!(i18n, contacts.event_conversation_created))
        }
        EventName::ConversationUpdated => (icons::PENCIL, tu_string!(i18n, contacts.event_conversation_updated)),
        EventName::ConversationAssigned => (icons::USER_CHECK, tu_string!(i18n, contacts.event_conversation_assigned)),
        EventName::ConversationOwnerChanged => {
            (icons::HAND, tu_string!(i18n, contacts.event_conversation_owner_changed))
        }
        EventName::ConversationClosed => (icons::CHECK, tu_string!(i18n, contacts.event_conversation_closed)),
        EventName::ConversationReopened => (icons::ROTATE_CCW, tu_string!(i18n, contacts.event_conversation_reopened)),
        EventName::ConversationRead => (icons::EYE, tu_string!(i18n, contacts.event_conversation_read)),
        EventName::MessageCreated => (icons::MESSAGE_SQUARE_TEXT, tu_string!(i18n, contacts.event_message_created)),
        _ => return (icons::ACTIVITY, name.to_owned()),
    };
    (glyph, words.to_string())
}
