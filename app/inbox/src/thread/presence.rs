use i18n::*;
use leptos::prelude::*;
use ui::{Icon, icons};

use super::state::use_thread;

/// Who looks at the thread too (eye) and who types (pen).
#[component]
pub fn Presence() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    view! {
        <div class="presence" aria-live="polite">
            <For each=move || state.viewers.get() key=|viewer| viewer.member_id let:viewer>
                <span>
                    <Icon glyph=icons::EYE class="size-3.5" />
                    {tu_string!(i18n, inbox.viewing, name = viewer.name).to_string()}
                </span>
            </For>
            <For each=move || state.typing.get() key=|one| (one.name.clone(), one.is_contact) let:one>
                <span>
                    <Icon glyph=icons::PENCIL class="size-3.5" />
                    {if one.is_contact {
                        tu_string!(i18n, inbox.contact_typing, name = one.name).to_string()
                    } else {
                        tu_string!(i18n, inbox.member_typing, name = one.name).to_string()
                    }}
                </span>
            </For>
        </div>
    }
}
