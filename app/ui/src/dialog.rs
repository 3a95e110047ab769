use leptos::{html, prelude::*};

use crate::{IconButton, icons};

/// Opens and closes the native dialog with the signal; Escape and the backdrop close it and the signal follows.
fn follow(open: RwSignal<bool>) -> NodeRef<html::Dialog> {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => _ = dialog.show_modal(),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    node
}

/// A modal dialog: the browser's own, with its focus trap and its Escape key. The children are made anew at each
/// opening.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: TextProp,
    #[prop(into)] close_label: TextProp,
    /// Width of the box; `max-w-lg` unless said.
    #[prop(default = "max-w-lg")]
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    modal(open, title, close_label, "modal-bottom sm:modal-middle", class, children)
}

/// A panel that slides in from the end of the line; else like [`Dialog`].
#[component]
pub fn Drawer(
    open: RwSignal<bool>,
    #[prop(into)] title: TextProp,
    #[prop(into)] close_label: TextProp,
    children: ChildrenFn,
) -> impl IntoView {
    modal(open, title, close_label, "modal-end", "w-full max-w-md rounded-none h-full", children)
}

fn modal(
    open: RwSignal<bool>,
    title: TextProp,
    close_label: TextProp,
    place: &str,
    size: &str,
    children: ChildrenFn,
) -> impl IntoView {
    let node = follow(open);
    let label = title.clone();
    view! {
        <dialog
            node_ref=node
            class=format!("modal {place}")
            aria-label=move || label.get()
            on:close=move |_| open.set(false)
        >
            <div class=format!("modal-box p-0 {size}")>
                <Show when=move || open.get()>
                    <header class="flex items-center justify-between gap-4 px-5 pt-4 pb-2">
                        <h2 class="text-base font-semibold">
                            {
                                let title = title.clone();
                                move || title.get()
                            }
                        </h2>
                        <IconButton
                            glyph=icons::X
                            label=close_label.get().to_string()
                            on_click=move |_| open.set(false)
                        />
                    </header>
                    <div class="px-5 pb-5">{children()}</div>
                </Show>
            </div>
            <form method="dialog" class="modal-backdrop">
                <button tabindex="-1" aria-hidden="true"></button>
            </form>
        </dialog>
    }
}
