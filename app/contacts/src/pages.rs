//! The area's pages, which the browser loads with the first of them.

use crate::{detail::ContactPage, list::ContactsPage};

base::lazy_pages! {
    contacts_pages;
    list => ContactsPage,
    detail => ContactPage,
}
