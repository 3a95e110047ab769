//! `/admin/mail/:id`: one mail.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, id_in_path};
use i18n::*;
use leptos::prelude::*;
use types::{
    id::MailId,
    mail::{Mail, MailStatus},
};
use ui::{Alert, Button, LocalTime, Tone};

use crate::{
    mails::status_badge,
    rpc::{ResendMail, load_mail},
};

/// A mail's facts and, as long as it is kept, its text.
#[component]
pub fn MailPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<MailId>("id");
    let resend = ServerAction::<ResendMail>::new();
    let mail = Resource::new(move || (id.get(), resend.version().get()), |(id, _)| load_mail(id));
    view! {
        <Page
            title=tu_string!(i18n, admin.mail.one)
            back=("/admin/mail".to_owned(), tu_string!(i18n, admin.mail.title))
            width="max-w-3xl"
        >
            <FormErrors error=action_error(resend) />
            <Loaded resource=mail children=move |mail| view! { <Facts mail resend /> } />
        </Page>
    }
}

#[component]
fn Facts(mail: Mail, resend: ServerAction<ResendMail>) -> impl IntoView {
    let i18n = use_i18n();
    let Mail { summary, text } = mail;
    let again = (matches!(summary.status, MailStatus::Kept | MailStatus::Failed) && text.is_some()).then(|| {
        view! {
            <ActionForm action=resend>
                <input type="hidden" name="id" value=summary.id.to_string() />
                <Button kind="submit" pending=resend.pending()>
                    {tu_string!(i18n, admin.mail.resend)}
                </Button>
            </ActionForm>
        }
    });
    let text = match text {
        Some(text) => view! { <pre class="p-4 text-sm whitespace-pre-wrap break-words">{text}</pre> }.into_any(),
        None => view! { <p class="p-4 text-muted">{tu_string!(i18n, admin.mail.text_gone)}</p> }.into_any(),
    };
    view! {
        <Panel class="mb-4 p-4">
            <p class="text-base font-semibold">{summary.subject}</p>
            <p class="mt-1 text-muted break-all">{summary.recipient}</p>
            <p class="mt-2 flex flex-wrap items-center gap-2">
                {status_badge(i18n, summary.status)} <LocalTime at=summary.created_at />
                <span class="text-muted">
                    {tu_string!(i18n, admin.mail.attempts, count = summary.attempts.to_string()).to_string()}
                </span>
            </p>
            {summary.error.map(|error| view! { <Alert tone=Tone::Warning class="mt-3">{error}</Alert> })}
            <div class="mt-3 empty:hidden">{again}</div>
        </Panel>
        <Panel>{text}</Panel>
    }
}
