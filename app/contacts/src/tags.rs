use i18n::*;
use leptos::{ev, html, prelude::*};
use ui::{Icon, icons, shows};

/// The insides of a form that changes tags: each with a button that removes it (`remove`), and a line for another
/// (`add`). The form's function takes these two and needs no script. The line is empty again as soon as the form is
/// sent, for the next tag; what was refused comes back into it, unless something is typed there already.
#[component]
pub fn TagInputs(
    #[prop(into)] tags: Signal<Vec<String>>,
    /// Tags in use elsewhere, offered while writing.
    #[prop(optional, into)]
    known: Signal<Vec<String>>,
    /// Tells each time that the form was sent whether it was saved.
    #[prop(into)]
    saved: Signal<bool>,
    /// Of the line; unique on the page.
    id: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let (text, sent) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let line = NodeRef::<html::Input>::new();
    Effect::new(move || {
        // At the window: the form has read its fields by then.
        let listener = window_event_listener(ev::submit, move |event| {
            let form = line.get_untracked().and_then(|line| line.form()).map(web_sys::EventTarget::from);
            if form.is_some() && form == event.target() && !text.with_untracked(String::is_empty) {
                sent.set(text.get_untracked());
                text.set(String::new());
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move || {
        let is_saved = saved.get();
        let back = sent.get_untracked();
        sent.set(String::new());
        if !is_saved && !back.is_empty() && text.with_untracked(String::is_empty) {
            text.set(back);
        }
    });
    let list_id = format!("{id}-known");
    view! {
        <div class="flex flex-wrap items-center gap-1.5">
            // The Enter key presses a form's first button: without this one it would remove the first tag.
            <button class="sr-only" tabindex="-1" aria-hidden="true"></button>
            <For each=move || tags.get() key=Clone::clone let:tag>
                <span class="chip">
                    <span class="truncate">{tag.clone()}</span>
                    <button
                        class="chip-remove btn btn-ghost btn-xs btn-square"
                        name="remove"
                        value=tag.clone()
                        aria-label=tu_string!(i18n, contacts.tag_remove, tag = tag).to_string()
                    >
                        <Icon glyph=icons::X class="size-3" />
                    </button>
                </span>
            </For>
            <input
                node_ref=line
                id=id
                class="input input-xs w-28"
                name="add"
                list=list_id.clone()
                autocomplete="off"
                maxlength="60"
                use:shows=Signal::from(text)
                on:input=move |event| text.set(event_target_value(&event))
                placeholder=tu_string!(i18n, contacts.tag_add)
                aria-label=tu_string!(i18n, contacts.tag_add)
            />
            <datalist id=list_id>
                {move || {
                    known
                        .get()
                        .into_iter()
                        .filter(|tag| !tags.with(|tags| tags.contains(tag)))
                        .map(|tag| view! { <option value=tag></option> })
                        .collect_view()
                }}
            </datalist>
        </div>
    }
}
