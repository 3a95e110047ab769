//! `/admin/announcements`: what members are told.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::platform::{Announcement, AnnouncementLevel};
use ui::{Badge, Button, ButtonStyle, EmptyState, LocalTime, Select, TextField, Tone, icons};

use crate::rpc::{CreateAnnouncement, DeleteAnnouncement, load_announcements};

/// The announcements, and a form for another.
#[component]
pub fn AnnouncementsPage() -> impl IntoView {
    let i18n = use_i18n();
    let create = ServerAction::<CreateAnnouncement>::new();
    let delete = ServerAction::<DeleteAnnouncement>::new();
    let list = Resource::new(move || create.version().get() + delete.version().get(), |_| load_announcements());
    let errors = field_errors(create);
    let levels = AnnouncementLevel::ALL.iter().map(|level| (level.to_string(), level_name(i18n, *level).to_owned()));
    let levels: Vec<_> = levels.collect();
    let error = action_error(create);
    let error = Signal::derive(move || error.get().filter(|error| error.details.is_empty()));
    view! {
        <Page title=tu_string!(i18n, admin.frame.announcements) subtitle=tu_string!(i18n, admin.announcements.intro)>
            <FormErrors error=action_error(delete) />
            <Panel title=tu_string!(i18n, admin.announcements.new) class="mb-4">
                <div class="p-4">
                    <FormErrors error />
                    <ActionForm
                        action=create
                        empties=&["text_en", "text_sq", "starts_at", "ends_at"]
                        attr:class="grid gap-3 sm:grid-cols-2"
                    >
                        <TextField
                            name="text_en"
                            label=tu_string!(i18n, admin.announcements.text_en)
                            required=true
                            maxlength=500
                            class="sm:col-span-2"
                            errors
                        />
                        <TextField
                            name="text_sq"
                            label=tu_string!(i18n, admin.announcements.text_sq)
                            hint=tu_string!(i18n, admin.announcements.text_sq_hint)
                            maxlength=500
                            class="sm:col-span-2"
                            errors
                        />
                        <TextField
                            name="starts_at"
                            kind="datetime-local"
                            label=tu_string!(i18n, admin.announcements.starts)
                            hint=tu_string!(i18n, admin.announcements.starts_hint)
                            errors
                        />
                        <TextField
                            name="ends_at"
                            kind="datetime-local"
                            label=tu_string!(i18n, admin.announcements.ends)
                            required=true
                            errors
                        />
                        <Select name="level" label=tu_string!(i18n, admin.announcements.level) options=Signal::stored(levels) />
                        <div class="self-end">
                            <Button kind="submit" style=ButtonStyle::Primary pending=create.pending()>
                                {tu_string!(i18n, admin.announcements.announce)}
                            </Button>
                        </div>
                    </ActionForm>
                </div>
            </Panel>
            <Loaded resource=list children=move |list| view! { <Announcements list delete /> } />
        </Page>
    }
}

#[component]
fn Announcements(list: Vec<Announcement>, delete: ServerAction<DeleteAnnouncement>) -> impl IntoView {
    let i18n = use_i18n();
    if list.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::BELL
                    title=tu_string!(i18n, admin.announcements.empty)
                    text=tu_string!(i18n, admin.announcements.intro)
                />
            </Panel>
        }
        .into_any();
    }
    let rows = list
        .into_iter()
        .map(|one| {
            let tone = if one.level == AnnouncementLevel::Warning { Tone::Warning } else { Tone::Info };
            view! {
                <li>
                    <div class="px-4 pt-4">
                        <p class="break-words">
                            <Badge tone>{level_name(i18n, one.level)}</Badge>
                            " "
                            {one.text_en}
                        </p>
                        {one.text_sq.map(|text| view! { <p lang="sq" class="break-words text-muted">{text}</p> })}
                        <p class="text-sm text-muted">
                            <LocalTime at=one.starts_at /> " – " <LocalTime at=one.ends_at />
                        </p>
                    </div>
                    <Danger
                        action=delete
                        label=tu_string!(i18n, admin.announcements.delete)
                        text=tu_string!(i18n, admin.announcements.delete_text)
                        in_list=true
                    >
                        <input type="hidden" name="id" value=one.id.to_string() />
                    </Danger>
                </li>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <ul class="divide-y divide-line">{rows}</ul>
        </Panel>
    }
    .into_any()
}

fn level_name(i18n: I18n, level: AnnouncementLevel) -> &'static str {
    match level {
        AnnouncementLevel::Info => tu_string!(i18n, admin.announcements.info),
        AnnouncementLevel::Warning => tu_string!(i18n, admin.announcements.warning),
    }
}
