use i18n::*;
use leptos::prelude::*;
use types::agent::Passage;

/// A passage that was found: where it stands, how it ranks, and its text.
#[component]
pub fn PassageCard(
    passage: Passage,
    /// How much of the text is shown, and how.
    text_class: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let score = |label: &'static str, value: f32| {
        view! {
            <span class="whitespace-nowrap">
                {label} " " <strong class="tabular-nums">{format_decimal(i18n.get_locale_untracked(), value.into(), 2)}</strong>
            </span>
        }
    };
    let href = format!(
        "/app/knowledge/{}/documents/{}?passage={}#passage",
        passage.source_id, passage.document_id, passage.chunk_id
    );
    view! {
        <li class="panel p-4">
            <p class="flex flex-wrap items-baseline justify-between gap-2">
                <a class="font-medium hover:underline" href=href>{passage.title}</a>
                <span class="text-muted flex flex-wrap gap-3 text-xs">
                    {score(tu_string!(i18n, knowledge.search.score), passage.score)}
                    {score(tu_string!(i18n, knowledge.search.meaning), passage.vector_score)}
                    {score(tu_string!(i18n, knowledge.search.words), passage.text_score)}
                </span>
            </p>
            <p class="text-muted text-xs">{passage.heading_path.join(" › ")}</p>
            <p class=format!("mt-2 text-sm {text_class}")>{passage.content}</p>
        </li>
    }
}
