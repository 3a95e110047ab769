//! How files come into the composer: chosen with a button, dropped, or pasted beside text.

use i18n::*;
use leptos::{ev, prelude::*};
use ui::{Icon, icons};

use super::upload::Uploads;

/// The button with which files are chosen.
#[component]
pub fn AttachButton(uploads: Uploads) -> impl IntoView {
    let i18n = use_i18n();
    let choose = move |event: ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        if let Some(files) = input.files() {
            uploads.add(i18n, &files);
        }
        input.set_value("");
    };
    view! {
        <label class="btn btn-ghost btn-sm btn-square with-script" title=tu_string!(i18n, inbox.attach)>
            <Icon glyph=icons::PAPERCLIP />
            <input class="sr-only" type="file" multiple aria-label=tu_string!(i18n, inbox.attach) on:change=choose />
        </label>
    }
}

/// Whether files are dragged, and not a piece of text.
pub fn carries_files(data: &web_sys::DataTransfer) -> bool {
    data.types().includes(&"Files".into(), 0)
}

/// The files that are pasted, if it is files: spreadsheets and word processors put a picture beside the text that was
/// copied, file managers the name of the file.
pub fn pasted_files(data: &web_sys::DataTransfer) -> Option<web_sys::FileList> {
    let files = data.files()?;
    let text = data.get_data("text/plain").unwrap_or_default();
    let is_its_name = |file: web_sys::File| text.starts_with(&file.name());
    files.get(0).is_some_and(|file| text.is_empty() || is_its_name(file)).then_some(files)
}
