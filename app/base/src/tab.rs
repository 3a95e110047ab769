use leptos::prelude::*;

/// Forgets what this tab keeps for who is signed in, as they sign out.
pub fn forget_tab() {
    if let Ok(Some(storage)) = window().session_storage() {
        _ = storage.clear();
    }
}
