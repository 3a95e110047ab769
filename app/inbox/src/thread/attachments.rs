use i18n::*;
use leptos::prelude::*;
use types::attachment::Attachment;
use ui::{Icon, icons};

/// The files of a message: pictures as pictures, others as links.
#[component]
pub fn Attachments(attachments: Vec<Attachment>) -> impl IntoView {
    let i18n = use_i18n();
    if attachments.is_empty() {
        return ().into_any();
    }
    let files = attachments
        .into_iter()
        .map(|file| {
            let label = tu_string!(i18n, inbox.attachment, name = file.file_name.clone()).to_string();
            if file.is_inline {
                view! {
                    <a class="message-picture" href=file.url.clone() target="_blank" rel="noopener" aria-label=label>
                        <img src=file.url.clone() alt=file.file_name.clone() loading="lazy" />
                    </a>
                }
                .into_any()
            } else {
                view! {
                    <a class="message-file" href=file.url.clone() download=file.file_name.clone() aria-label=label>
                        <Icon glyph=icons::FILE_TEXT />
                        <span class="truncate">{file.file_name.clone()}</span>
                        <span class="text-muted tabular-nums">{format_bytes(i18n.get_locale_untracked(), file.size)}</span>
                    </a>
                }
                .into_any()
            }
        })
        .collect_view();
    view! { <div class="message-files">{files}</div> }.into_any()
}
