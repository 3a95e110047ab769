//! `/admin/users/:id`: one person, and what operators do with the account.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, id_in_path, successes};
use i18n::*;
use leptos::prelude::*;
use types::{id::UserId, platform::UserDetail};
use ui::{Button, ButtonStyle, LocalTime, TextField};

use crate::{
    organizations::OrganizationTable,
    rpc::{EndUserSessions, LockUser, ResetUserSecondFactor, UnlockUser, load_user},
    users::badges,
    words::number,
};

/// The forms of the page.
#[derive(Clone, Copy)]
struct Acts {
    lock: ServerAction<LockUser>,
    unlock: ServerAction<UnlockUser>,
    end: ServerAction<EndUserSessions>,
    reset: ServerAction<ResetUserSecondFactor>,
}

/// A user's account and organizations.
#[component]
pub fn UserPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<UserId>("id");
    let acts = Acts {
        lock: ServerAction::new(),
        unlock: ServerAction::new(),
        end: ServerAction::new(),
        reset: ServerAction::new(),
    };
    let done = [successes(acts.lock), successes(acts.unlock), successes(acts.end), successes(acts.reset)];
    let changes = move || done.iter().map(|count| count.get()).sum::<usize>();
    let found = Resource::new(move || (id.get(), changes()), |(id, _)| load_user(id));
    let title = move || match found.get() {
        Some(Ok(detail)) => detail.row.name,
        _ => tu_string!(i18n, admin.users.one).to_owned(),
    };
    view! {
        <Page title=title back=("/admin/users".to_owned(), tu_string!(i18n, admin.frame.users)) width="max-w-6xl">
            <FormErrors error=action_error(acts.unlock) />
            <FormErrors error=action_error(acts.end) />
            <FormErrors error=action_error(acts.reset) />
            <Loaded resource=found children=move |detail| view! { <Detail detail acts /> } />
        </Page>
    }
}

#[component]
fn Detail(detail: UserDetail, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let UserDetail { row, organizations } = detail;
    let id = row.id;
    let badges = badges(i18n, &row);
    let reset = row.has_second_factor.then(|| {
        view! {
            <ActionForm action=acts.reset>
                <input type="hidden" name="id" value=id.to_string() />
                <Button kind="submit" pending=acts.reset.pending()>{tu_string!(i18n, admin.users.reset)}</Button>
            </ActionForm>
        }
    });
    let lock = if row.is_active {
        view! {
            <Danger action=acts.lock label=tu_string!(i18n, admin.users.lock) text=tu_string!(i18n, admin.users.lock_text)>
                <input type="hidden" name="id" value=id.to_string() />
                <TextField
                    name="reason"
                    label=tu_string!(i18n, admin.reason)
                    required=true
                    maxlength=500
                    autocomplete="off"
                    errors=field_errors(acts.lock)
                />
            </Danger>
        }
        .into_any()
    } else {
        view! {
            <ActionForm action=acts.unlock>
                <input type="hidden" name="id" value=id.to_string() />
                <Button kind="submit" style=ButtonStyle::Primary pending=acts.unlock.pending()>
                    {tu_string!(i18n, admin.users.unlock)}
                </Button>
            </ActionForm>
        }
        .into_any()
    };
    let sessions = number(i18n, row.sessions);
    view! {
        <Panel class="mb-4 space-y-2 p-4">
            <p class="break-all">{row.email}</p>
            {badges}
            <p class="text-sm text-muted">
                {tu_string!(i18n, admin.users.since)} " " <LocalTime at=row.created_at /> " · "
                {tu_string!(i18n, admin.users.sessions)} " " {sessions}
            </p>
            <div class="flex flex-wrap gap-2 pt-2">
                <ActionForm action=acts.end>
                    <input type="hidden" name="id" value=id.to_string() />
                    <Button kind="submit" pending=acts.end.pending()>{tu_string!(i18n, admin.users.end_sessions)}</Button>
                </ActionForm>
                {reset}
            </div>
        </Panel>
        <Panel title=tu_string!(i18n, admin.frame.organizations) class="mb-4">
            <OrganizationTable rows=organizations />
        </Panel>
        {lock}
    }
}
