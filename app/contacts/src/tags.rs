use i18n::*;
use leptos::prelude::*;
use ui::{Icon, icons};

/// The insides of a form that changes tags: each with a button that removes it (`remove`), and a line for another
/// (`add`). The form's function takes these two and needs no script. What is being typed stays until it is saved.
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
    let text = RwSignal::new(String::new());
    Effect::new(move || {
        if saved.get() {
            text.set(String::new());
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
                id=id
                class="input input-xs w-28"
                name="add"
                list=list_id.clone()
                autocomplete="off"
                maxlength="60"
                bind:value=text
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
