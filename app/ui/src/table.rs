use leptos::prelude::*;

/// The head of one column.
#[derive(Clone)]
pub struct Column {
    label: TextProp,
    class: &'static str,
    /// Read out and not shown.
    is_hidden: bool,
}

impl Column {
    /// A column of text.
    pub fn new(label: impl Into<TextProp>) -> Self {
        Self { label: label.into(), class: "", is_hidden: false }
    }

    /// A column of numbers, aligned to the end of the line.
    pub fn number(label: impl Into<TextProp>) -> Self {
        Self { label: label.into(), class: "text-end", is_hidden: false }
    }

    /// A column of buttons, whose head is read out alone.
    pub fn hidden(label: impl Into<TextProp>) -> Self {
        Self { label: label.into(), class: "", is_hidden: true }
    }

    /// A column with further classes, such as `hidden md:table-cell`.
    pub fn classed(label: impl Into<TextProp>, class: &'static str) -> Self {
        Self { label: label.into(), class, is_hidden: false }
    }
}

/// A table; the children are its `<tr>`. Wide ones scroll within themselves.
#[component]
pub fn Table(
    /// Read out before the table.
    #[prop(into)]
    caption: TextProp,
    columns: Vec<Column>,
    children: Children,
) -> impl IntoView {
    let heads = columns
        .into_iter()
        .map(|Column { label, class, is_hidden }| {
            view! {
                <th scope="col" class=class>
                    <span class:sr-only=is_hidden>{move || label.get()}</span>
                </th>
            }
        })
        .collect_view();
    let label = caption.clone();
    view! {
        // Reached by keys, because it may have to be scrolled.
        <div class="overflow-x-auto" role="group" tabindex="0" aria-label=move || label.get()>
            <table class="table">
                <caption class="sr-only">{move || caption.get()}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
