//! What belongs to one tab of the browser.

use leptos::{prelude::*, server_fn::client};
use types::id::MemberId;

/// An address to which a page of the dashboard sends something. It says for which member the page was made: another tab may
/// let the session work elsewhere, and then nothing may be changed there.
pub fn own(path: &str) -> String {
    #[cfg(feature = "ssr")]
    if let Some(member) = crate::server::page_member() {
        return of_member(member) + path;
    }
    client::get_server_url().to_owned() + path
}

/// Lets everything that this tab sends say for which member it was made. Another member is another load of the page.
pub(crate) fn bind(member: MemberId) {
    // The second time it is the same.
    _ = client::try_set_server_url(of_member(member).leak());
}

fn of_member(member: MemberId) -> String {
    format!("/as/{member}")
}

/// Forgets what this tab keeps for who is signed in, as they sign out.
pub fn forget_tab() {
    if let Ok(Some(storage)) = window().session_storage() {
        _ = storage.clear();
    }
}
