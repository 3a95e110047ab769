use std::time::Duration;

use leptos::prelude::*;

use crate::{Icon, IconButton, Tone, icons};

/// How long a message stays.
const STAYS: Duration = Duration::from_secs(6);

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
}

/// Short messages in the corner. Get it by [`use_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// Something worked.
    pub fn success(&self, text: impl Into<String>) {
        self.show(Tone::Success, text);
    }

    /// Something did not work.
    pub fn error(&self, text: impl Into<String>) {
        self.show(Tone::Danger, text);
    }

    fn show(&self, tone: Tone, text: impl Into<String>) {
        let id = self.next.try_get_value().unwrap_or_default();
        self.next.try_set_value(id.wrapping_add(1));
        let toast = Toast { id, tone, text: text.into() };
        self.list.try_update(|list| list.push(toast));
        let this = *self;
        set_timeout(move || this.dismiss(id), STAYS);
    }

    fn dismiss(&self, id: u32) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }
}

/// Makes toasts available below.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
    provide_context(toasts);
    toasts
}

/// The toasts of the application.
pub fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(provide_toasts)
}

/// Where toasts appear; once, in the application's frame.
#[component]
pub fn ToastList(#[prop(into)] close_label: TextProp) -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toast toast-end z-[60] max-w-full" role="status" aria-live="polite">
            <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                {
                    let close_label = close_label.clone();
                    let id = toast.id;
                    view! {
                        <div class="toast-card">
                            <span class=match toast.tone {
                                Tone::Success => "text-success",
                                Tone::Danger => "text-error",
                                _ => "text-muted",
                            }>
                                <Icon glyph=toast.tone.glyph() class="size-4 mt-0.5" />
                            </span>
                            <p class="min-w-0 flex-1 whitespace-normal">{toast.text}</p>
                            <IconButton
                                glyph=icons::X
                                size=crate::ButtonSize::Small
                                label=close_label
                                on_click=move |_| toasts.dismiss(id)
                            />
                        </div>
                    }
                }
            </For>
        </div>
    }
}
