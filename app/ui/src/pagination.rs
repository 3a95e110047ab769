use leptos::prelude::*;

use crate::{Icon, icons};

/// Links to the pages of a list. `href` gives the address of a page number; the other filters stay in it. From a page that
/// the list does not have any more, one goes back to its last.
#[component]
pub fn Pagination(
    page: i64,
    pages: i64,
    #[prop(into)] href: Callback<i64, String>,
    #[prop(into)] label: TextProp,
    #[prop(into)] previous_label: TextProp,
    #[prop(into)] next_label: TextProp,
    /// "Page 2 of 7".
    #[prop(into)]
    position: TextProp,
) -> impl IntoView {
    (pages.max(page) > 1).then(|| {
        let step = move |target: i64, label: TextProp, glyph| {
            if (1..=pages).contains(&target) {
                view! {
                    <a href=href.run(target) class="btn btn-sm btn-square" aria-label=move || label.get()>
                        <Icon glyph />
                    </a>
                }
                .into_any()
            } else {
                view! {
                    <span class="btn btn-sm btn-square btn-disabled" aria-hidden="true"><Icon glyph /></span>
                }
                .into_any()
            }
        };
        view! {
            <nav class="flex items-center justify-end gap-2 py-3" aria-label=move || label.get()>
                <span class="text-sm text-muted tabular-nums">{move || position.get()}</span>
                {step(pages.min(page - 1), previous_label, icons::CHEVRON_LEFT)}
                {step(page + 1, next_label, icons::CHEVRON_RIGHT)}
            </nav>
        }
    })
}
