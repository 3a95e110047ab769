use base::ActionForm;
use i18n::*;
use leptos::{ev, html, prelude::*};
use ui::{Icon, close_on_click_elsewhere, icons};

use super::state::use_thread;
use crate::{rpc::Snooze, snooze_time::SnoozeFor};

/// The menu's id, for the shortcut.
pub const MENU_ID: &str = "snooze-menu";

/// The menu that puts the conversation away until a time. It works without script.
#[component]
pub fn SnoozeMenu() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let action = ServerAction::<Snooze>::new();
    state.keep(action);
    // Where the member is; without script the zone of the profile.
    let zone = RwSignal::new(state.me.with_value(|me| me.time_zone.clone()));
    Effect::new(move || {
        let options =
            js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new()).resolved_options();
        if let Some(here) = js_sys::Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string()) {
            zone.set(here);
        }
    });
    let close = || {
        if let Some(menu) = document().get_element_by_id(MENU_ID) {
            _ = menu.remove_attribute("open");
        }
    };
    Effect::new(move || {
        if action.version().get() > 0 {
            close();
        }
    });
    let node = NodeRef::<html::Details>::new();
    close_on_click_elsewhere(node);
    let is_snoozed = Memo::new(move |_| state.conversation.with(|one| one.summary.snoozed_until.is_some()));
    let choice = move |choice: SnoozeFor, label: &'static str| {
        view! {
            <button class="btn btn-ghost btn-sm justify-start" name="choice" value=choice.as_str() formnovalidate>
                {label}
            </button>
        }
    };
    let hidden = move || {
        view! {
            <input type="hidden" name="id" value=state.id.to_string() />
            <input type="hidden" name="zone" value=move || zone.get() />
        }
    };
    view! {
        <details
            node_ref=node
            id=MENU_ID
            class="dropdown dropdown-end"
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" {
                    close();
                }
            }
        >
            <summary class="btn btn-sm" aria-label=tu_string!(i18n, inbox.snooze)>
                <Icon glyph=icons::ALARM_CLOCK />
                <span class="hidden 2xl:inline">{tu_string!(i18n, inbox.snooze)}</span>
            </summary>
            <div class="dropdown-content menu-panel z-40 mt-1 w-60">
                <ActionForm action attr:class="flex flex-col">
                    {hidden()}
                    <Show when=move || is_snoozed.get()>
                        {choice(SnoozeFor::Wake, tu_string!(i18n, inbox.unsnooze))}
                    </Show>
                    {choice(SnoozeFor::Hour, tu_string!(i18n, inbox.snooze_hour))}
                    {choice(SnoozeFor::FourHours, tu_string!(i18n, inbox.snooze_four_hours))}
                    {choice(SnoozeFor::Tomorrow, tu_string!(i18n, inbox.snooze_tomorrow))}
                    {choice(SnoozeFor::Monday, tu_string!(i18n, inbox.snooze_monday))}
                </ActionForm>
                <ActionForm action attr:class="mt-1 flex flex-col gap-1 border-t border-line p-2">
                    {hidden()}
                    <label class="flex flex-col gap-1 text-sm">
                        {tu_string!(i18n, inbox.snooze_until)}
                        <input class="input input-sm w-full" type="datetime-local" name="at" required />
                    </label>
                    <button class="btn btn-sm" name="choice" value=SnoozeFor::At.as_str()>
                        {tu_string!(i18n, inbox.snooze_set)}
                    </button>
                </ActionForm>
            </div>
        </details>
    }
}
