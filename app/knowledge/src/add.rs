//! `/app/knowledge/new`: the kinds of sources, and a form for each.

use base::{
    ActionForm, AppError, FormErrors, Page, Panel, action_error, error_text, field_errors, field_text, own, upload,
};
use i18n::*;
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use types::knowledge::{Schedule, Source};
use ui::{Alert, Button, ButtonStyle, Checkbox, Glyph, Icon, Select, TextArea, TextField, Tone, icons};
use web_sys::FormData;

use crate::rpc::{CreateText, CreateWebsite};

/// Where files go.
const UPLOADS: &str = "/uploads/knowledge";

/// Which kind of source is to be added.
#[component]
pub fn AddSourcePage() -> impl IntoView {
    let i18n = use_i18n();
    let kind = |href: &'static str, icon: Glyph, title: &'static str, text: &'static str| {
        view! {
            <a href=href class="panel flex flex-col gap-2 p-4 hover:border-primary">
                <span class="text-primary">
                    <Icon glyph=icon class="size-6" />
                </span>
                <span class="font-semibold">{title}</span>
                <span class="text-muted text-sm">{text}</span>
            </a>
        }
    };
    view! {
        <Page title=tu_string!(i18n, knowledge.source.add) back=("/app/knowledge".to_owned(), tu_string!(i18n, common.nav.knowledge))>
            <div class="grid gap-3 sm:grid-cols-3">
                {kind(
                    "/app/knowledge/new/website",
                    icons::GLOBE,
                    tu_string!(i18n, knowledge.source.website),
                    tu_string!(i18n, knowledge.source.website_text),
                )}
                {kind(
                    "/app/knowledge/new/file",
                    icons::FILE_TEXT,
                    tu_string!(i18n, knowledge.source.file),
                    tu_string!(i18n, knowledge.source.file_text),
                )}
                {kind(
                    "/app/knowledge/new/text",
                    icons::PENCIL,
                    tu_string!(i18n, knowledge.source.text),
                    tu_string!(i18n, knowledge.source.text_text),
                )}
            </div>
        </Page>
    }
}

/// The schedules with their names, for a select.
pub fn schedules(i18n: I18n) -> Vec<(String, String)> {
    Schedule::ALL
        .iter()
        .map(|schedule| {
            let name = match schedule {
                Schedule::Off => tu_string!(i18n, knowledge.form.off),
                Schedule::Hourly => tu_string!(i18n, knowledge.form.hourly),
                Schedule::Daily => tu_string!(i18n, knowledge.form.daily),
                Schedule::Weekly => tu_string!(i18n, knowledge.form.weekly),
            };
            (schedule.to_string(), name.to_string())
        })
        .collect()
}

/// The page of one kind of source, with its form.
#[component]
fn SourceForm(title: &'static str, children: Children) -> impl IntoView {
    let back = ("/app/knowledge/new".to_owned(), tu_string!(use_i18n(), knowledge.source.add));
    view! {
        <Page title back width="max-w-2xl">
            <Panel class="p-4 sm:p-6">{children()}</Panel>
        </Page>
    }
}

/// Adds a website.
#[component]
pub fn AddWebsitePage() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<CreateWebsite>::new();
    let errors = field_errors(action);
    view! {
        <SourceForm title=tu_string!(i18n, knowledge.form.new_website)>
            <ActionForm action attr:class="space-y-4">
                <FormErrors error=action_error(action) />
                <TextField
                    name="url"
                    kind="url"
                    label=tu_string!(i18n, knowledge.form.url)
                    hint=tu_string!(i18n, knowledge.form.url_hint)
                    errors
                    required=true
                    autofocus=true
                    maxlength=2048
                />
                <TextField
                    name="name"
                    label=tu_string!(i18n, knowledge.source.name)
                    hint=tu_string!(i18n, knowledge.form.name_hint)
                    errors
                    maxlength=200
                />
                <Checkbox name="crawl" label=tu_string!(i18n, knowledge.form.crawl) checked=true />
                <div class="grid gap-4 sm:grid-cols-3">
                    <TextField
                        name="max_depth"
                        kind="number"
                        label=tu_string!(i18n, knowledge.form.depth)
                        value="5".to_owned()
                        errors
                        required=true
                    />
                    <TextField
                        name="max_pages"
                        kind="number"
                        label=tu_string!(i18n, knowledge.form.pages)
                        value="2000".to_owned()
                        errors
                        required=true
                    />
                    <Select
                        name="schedule"
                        label=tu_string!(i18n, knowledge.form.schedule)
                        options=schedules(i18n)
                        value="weekly".to_owned()
                    />
                </div>
                <p class="text-muted text-sm">{tu_string!(i18n, knowledge.form.robots)}</p>
                <Button kind="submit" style=ButtonStyle::Primary pending=action.pending()>
                    {tu_string!(i18n, knowledge.form.read)}
                </Button>
            </ActionForm>
        </SourceForm>
    }
}

/// Adds a text.
#[component]
pub fn AddTextPage() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<CreateText>::new();
    let errors = field_errors(action);
    view! {
        <SourceForm title=tu_string!(i18n, knowledge.form.new_text)>
            <ActionForm action attr:class="space-y-4">
                <FormErrors error=action_error(action) />
                <TextField
                    name="name"
                    label=tu_string!(i18n, knowledge.source.name)
                    errors
                    required=true
                    autofocus=true
                    maxlength=200
                />
                <TextArea
                    name="content"
                    label=tu_string!(i18n, knowledge.form.content)
                    hint=tu_string!(i18n, knowledge.form.content_hint)
                    errors
                    rows=16
                    required=true
                />
                <Button kind="submit" style=ButtonStyle::Primary pending=action.pending()>
                    {tu_string!(i18n, knowledge.form.read)}
                </Button>
            </ActionForm>
        </SourceForm>
    }
}

/// Adds a file. A plain form as well.
#[component]
pub fn AddFilePage() -> impl IntoView {
    let i18n = use_i18n();
    let send = Action::new_unsync(|form: &FormData| {
        let form = form.clone();
        async move { upload::<Source>(UPLOADS, &form).await.map_err(|error| error.unwrap_or_else(AppError::offline)) }
    });
    let navigate = use_navigate();
    Effect::new(move || {
        if let Some(Ok(source)) = send.value().get() {
            navigate(&format!("/app/knowledge/{}", source.id), NavigateOptions::default());
        }
    });
    let failure = move || {
        let error = send.value().get()?.err()?;
        let text = error.details.first().map_or_else(|| error_text(i18n, &error), |detail| field_text(i18n, detail));
        Some(view! { <Alert tone=Tone::Danger>{text}</Alert> })
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(form) = FormData::new_with_form(&event_target(&event)) {
            send.dispatch_local(form);
        }
    };
    view! {
        <SourceForm title=tu_string!(i18n, knowledge.form.new_file)>
            <form
                method="post"
                action=own(UPLOADS)
                enctype="multipart/form-data"
                class="space-y-4"
                on:submit=submit
            >
                {failure}
                <TextField
                    name="name"
                    label=tu_string!(i18n, knowledge.source.name)
                    hint=tu_string!(i18n, knowledge.form.name_hint)
                    maxlength=200
                />
                <ui::Field
                    id="file"
                    label=tu_string!(i18n, knowledge.form.file)
                    hint=tu_string!(i18n, knowledge.form.file_hint)
                >
                    <input
                        id="file"
                        class="file-input w-full"
                        type="file"
                        name="file"
                        required
                        accept=".pdf,.docx,.html,.htm,.md,.csv,.txt"
                        aria-describedby="file-note"
                    />
                </ui::Field>
                <Button kind="submit" style=ButtonStyle::Primary pending=send.pending()>
                    {tu_string!(i18n, knowledge.form.upload)}
                </Button>
            </form>
        </SourceForm>
    }
}
