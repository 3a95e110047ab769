use leptos::prelude::*;

use crate::{Glyph, Icon};

/// Teaches what belongs here: what it is, one sentence, one button (the children).
#[component]
pub fn EmptyState(
    icon: Glyph,
    #[prop(into)] title: TextProp,
    #[prop(into)] text: TextProp,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-2 px-6 py-14 text-center">
            <span class="empty-icon"><Icon glyph=icon class="size-5" /></span>
            <p class="mt-1 text-base font-semibold">{move || title.get()}</p>
            <p class="text-muted max-w-md">{move || text.get()}</p>
            {children.map(|children| view! { <div class="mt-3 flex flex-wrap justify-center gap-2">{children()}</div> })}
        </div>
    }
}

/// A grey block in the shape of what is being loaded.
#[component]
pub fn Skeleton(
    /// Size and place.
    #[prop(into)]
    class: String,
) -> impl IntoView {
    view! { <div class=format!("skeleton {class}") aria-hidden="true"></div> }
}

/// Grey rows in place of a list that is being loaded.
#[component]
pub fn SkeletonRows(#[prop(default = 6)] rows: usize) -> impl IntoView {
    view! {
        <div class="flex flex-col gap-3 p-4" aria-busy="true">
            {(0..rows)
                .map(|_| {
                    view! {
                        <div class="flex items-center gap-3">
                            <Skeleton class="size-8 rounded-full" />
                            <div class="flex-1 space-y-2">
                                <Skeleton class="h-3 w-1/3" />
                                <Skeleton class="h-3 w-2/3" />
                            </div>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}
