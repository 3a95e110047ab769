//! The area's pages, which the browser loads with the first of them.

use crate::{mail::MailPage, mails::MailsPage};

base::lazy_pages! {
    admin_pages;
    mails => MailsPage,
    mail => MailPage,
}
