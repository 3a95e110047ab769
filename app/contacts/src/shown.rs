use base::{AppError, use_live};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use types::{contact::Contact, event::EventName};

use crate::rpc::get_contact;

/// A contact on the screen, which follows what becomes of it.
#[derive(Clone, Copy)]
pub struct ShownContact {
    pub contact: RwSignal<Contact>,
    /// Number of the last time that it was read anew; only that answer counts.
    last: StoredValue<u32>,
}

impl ShownContact {
    /// One that was just loaded.
    pub fn new(contact: Contact) -> Self {
        let id = contact.summary.id;
        let shown = Self { contact: RwSignal::new(contact), last: StoredValue::new(0) };
        let live = use_live();
        live.on_event(move |event| {
            if event.name == EventName::ContactUpdated && event.resource_id == id.0 {
                shown.reload();
            }
        });
        live.on_reload(move || shown.reload());
        shown
    }

    fn reload(self) {
        let Some(number) = self.last.try_update_value(|last| {
            *last = last.wrapping_add(1);
            *last
        }) else {
            return;
        };
        let id = self.contact.with_untracked(|contact| contact.summary.id);
        spawn_local(async move {
            if let Ok(newer) = get_contact(id).await
                && self.last.try_get_value() == Some(number)
            {
                self.contact.set(newer);
            }
        });
    }

    /// Shows what a server function made of it. Of two changes, the answer to the first may come last: it is read anew, too.
    pub(crate) fn keep<F>(self, action: ServerAction<F>)
    where
        F: ServerFn<Output = Contact, Error = AppError> + Clone + Send + Sync + 'static,
    {
        Effect::new(move || {
            if let Some(Ok(newer)) = action.value().get() {
                self.contact.set(newer);
                self.reload();
            }
        });
    }
}
