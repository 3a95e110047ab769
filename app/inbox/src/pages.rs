//! The area's pages, which the browser loads with the first of them.

use crate::{
    canned::CannedPage,
    page::{InboxPage, NothingOpen},
    thread::ThreadPage,
};

base::lazy_pages! {
    inbox_pages;
    Canned => CannedPage,
    Inbox => InboxPage,
    Empty => NothingOpen,
    Thread => ThreadPage,
}
