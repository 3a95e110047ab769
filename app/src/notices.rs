use base::notices::{DismissAnnouncement, EndImpersonation};
use i18n::{
    leptos_i18n::{context::I18nContextOptions, locale::resolve_locale_with_options},
    *,
};
use leptos::{prelude::*, server_fn::ServerFn};
use types::platform::{Announcement, AnnouncementLevel, Impersonation};

/// The language of the document: what stands around the application has no part in its context.
fn locale() -> Locale {
    resolve_locale_with_options(I18nContextOptions {
        ssr_lang_header_getter: base::wanted_locale(),
        ..Default::default()
    })
}

/// What the script shows when it has come to an end by a fault of its own (`web::stopped`).
pub fn stopped() -> impl IntoView {
    let locale = locale();
    view! {
        <div id="stopped" class="notices" role="alert" hidden>
            <div class="notice notice-warning">
                <p>{td_string!(locale, common.error.stopped)}</p>
                <a href="" rel="external" class="btn btn-sm">
                    {td_string!(locale, common.action.reload)}
                </a>
            </div>
        </div>
    }
}

/// What the request's middleware found, after the application in the document and above it on the screen.
pub fn notices() -> Option<impl IntoView> {
    let found = base::server::notices()?;
    let locale = locale();
    let impersonation = found.impersonation.map(|one| impersonation(locale, one));
    let announcements = found.announcements.into_iter().map(|one| announcement(locale, one)).collect_view();
    Some(view! {
        <aside class="notices" aria-label=td_string!(locale, admin.notices.label)>
            {impersonation}
            {announcements}
        </aside>
    })
}

fn impersonation(locale: Locale, one: Impersonation) -> impl IntoView {
    let until = one.expires_at.format("%H:%M UTC").to_string();
    view! {
        <div class="notice notice-warning">
            <p>
                <strong>{td_string!(locale, admin.notices.working_as)} " " {one.user_name} "."</strong>
                " "
                {td_string!(locale, admin.notices.until)}
                " "
                {until}
                ". "
                {one.reason}
                " "
                {td_string!(locale, admin.notices.in_person)}
            </p>
            <form method="post" action=EndImpersonation::PATH>
                <button type="submit" class="btn btn-sm">
                    {td_string!(locale, admin.notices.end)}
                </button>
            </form>
        </div>
    }
}

fn announcement(locale: Locale, one: Announcement) -> impl IntoView {
    let class = match one.level {
        AnnouncementLevel::Info => "notice",
        AnnouncementLevel::Warning => "notice notice-warning",
    };
    let (text, language) = match (locale, one.text_sq) {
        (Locale::sq, Some(text)) => (text, "sq"),
        _ => (one.text_en, "en"),
    };
    view! {
        <div class=class>
            <p lang=language>{text}</p>
            <form method="post" action=DismissAnnouncement::PATH>
                <input type="hidden" name="id" value=one.id.to_string() />
                <button type="submit" class="btn btn-sm">
                    {td_string!(locale, admin.notices.dismiss)}
                </button>
            </form>
        </div>
    }
}
