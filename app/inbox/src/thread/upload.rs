//! Files on their way to the server, before the message that carries them is sent.

use base::{AppError, error_text, field_text, upload};
use i18n::*;
use leptos::{prelude::*, task::spawn_local};
use types::{
    attachment::{Attachment, MAX_ATTACHMENT_BYTES},
    id::ConversationId,
};
use ui::{ButtonSize, Icon, IconButton, icons};
use web_sys::{File, FileList, FormData};

use super::{composer::TEXT_ID, shortcuts::focus};
use crate::drafts::Drafts;

#[derive(Clone, PartialEq)]
enum Progress {
    Running,
    Done(Attachment),
    /// Why, in words.
    Failed(String),
    /// Taken off again, maybe before it was done.
    Removed,
}

#[derive(Clone)]
struct Upload {
    key: u32,
    name: String,
    progress: ArcRwSignal<Progress>,
}

/// The files of a message that is being written.
#[derive(Clone, Copy)]
pub struct Uploads {
    conversation: ConversationId,
    drafts: Drafts,
    list: RwSignal<Vec<Upload>>,
    next: StoredValue<u32>,
}

impl Uploads {
    /// No files yet.
    pub fn new(conversation: ConversationId, drafts: Drafts) -> Self {
        Self { conversation, drafts, list: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Begins to upload files that were chosen, dropped or pasted.
    pub fn add(&self, i18n: I18n, files: &FileList) {
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            let key = self.next.get_value();
            self.next.set_value(key.wrapping_add(1));
            let name = file.name();
            let Self { conversation, drafts, list, .. } = *self;
            let progress = ArcRwSignal::new(Progress::Running);
            list.update(|list| list.push(Upload { key, name: name.clone(), progress: progress.clone() }));
            if file.size() > MAX_ATTACHMENT_BYTES as f64 {
                progress.set(Progress::Failed(tu_string!(i18n, inbox.upload_too_large, name = name).to_string()));
                continue;
            }
            spawn_local(async move {
                let answer = send(conversation, &file).await;
                if progress.get_untracked() == Progress::Removed {
                    return;
                }
                if list.is_disposed() {
                    // The thread was left; the file waits for the next time.
                    if let Ok(attachment) = answer {
                        drafts.add_file(conversation, attachment);
                    }
                    return;
                }
                let words = || tu_string!(i18n, inbox.upload_failed, name = name.clone()).to_string();
                progress.set(match answer {
                    Ok(attachment) => Progress::Done(attachment),
                    Err(Some(error)) => {
                        let rule = error.details.first().map(|detail| field_text(i18n, detail));
                        let reason = rule.unwrap_or_else(|| error_text(i18n, &error));
                        Progress::Failed(format!("{}: {reason}", words()))
                    }
                    Err(None) => Progress::Failed(words()),
                });
            });
        }
    }

    /// Whether a file is still on its way.
    pub fn is_busy(&self) -> bool {
        self.list.with(|list| list.iter().any(|upload| upload.progress.get() == Progress::Running))
    }

    /// The files that arrived; followed.
    pub fn done(&self) -> Vec<Attachment> {
        let done = |upload: &Upload| match upload.progress.get() {
            Progress::Done(attachment) => Some(attachment),
            _ => None,
        };
        self.list.try_with(|list| list.iter().filter_map(done).collect()).unwrap_or_default()
    }

    /// Shows files that are uploaded already, each once.
    pub fn put_back(&self, files: Vec<Attachment>) {
        let shown = untrack(|| self.done());
        for file in files.into_iter().filter(|file| !shown.contains(file)) {
            let key = self.next.get_value();
            self.next.set_value(key.wrapping_add(1));
            let upload = Upload { key, name: file.file_name.clone(), progress: ArcRwSignal::new(Progress::Done(file)) };
            self.list.update(|list| list.push(upload));
        }
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        self.list.set(Vec::new());
    }
}

/// Uploads one file.
///
/// # Errors
/// The server's reason, where it gave one.
async fn send(conversation: ConversationId, file: &File) -> Result<Attachment, Option<AppError>> {
    let form = FormData::new().map_err(|_| None)?;
    form.append_with_blob_and_filename("file", file, &file.name()).map_err(|_| None)?;
    upload(&format!("/uploads/{conversation}"), &form).await
}

/// The files above the composer's line.
#[component]
pub fn UploadList(uploads: Uploads) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ul class="flex flex-wrap gap-1.5 px-3 pt-2 empty:hidden">
            <For each=move || uploads.list.get() key=|upload| upload.key let:upload>
                {
                    let (key, name, progress) = (upload.key, upload.name.clone(), upload.progress.clone());
                    let label = tu_string!(i18n, inbox.remove_file, name = name.clone()).to_string();
                    view! {
                        <li class="chip">
                            {move || match upload.progress.get() {
                                Progress::Running => {
                                    let text = tu_string!(i18n, inbox.uploading, name = name.clone()).to_string();
                                    view! {
                                        <Icon glyph=icons::LOADER_CIRCLE class="size-3 animate-spin" />
                                        <span role="status">{text}</span>
                                    }
                                    .into_any()
                                }
                                Progress::Done(file) => view! {
                                    <Icon glyph=icons::PAPERCLIP class="size-3" />
                                    <span class="truncate">{file.file_name}</span>
                                    <span class="text-muted">{format_bytes(i18n.get_locale_untracked(), file.size)}</span>
                                }
                                .into_any(),
                                Progress::Failed(reason) => {
                                    view! { <span class="text-error" role="alert">{reason}</span> }.into_any()
                                }
                                Progress::Removed => ().into_any(),
                            }}
                            <IconButton
                                glyph=icons::X
                                class="chip-remove"
                                size=ButtonSize::Small
                                label
                                on_click=move |_| {
                                    // The button goes, and with it the focus.
                                    focus(TEXT_ID);
                                    progress.set(Progress::Removed);
                                    uploads.list.update(|list| list.retain(|other| other.key != key));
                                }
                            />
                        </li>
                    }
                }
            </For>
        </ul>
    }
}
