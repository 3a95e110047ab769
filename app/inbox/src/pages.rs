//! The area's pages, which the browser loads with the first of them.

use crate::{
    canned::CannedPage,
    page::{InboxPage, NothingOpen},
    thread::ThreadPage,
};

base::lazy_pages! {
    inbox_pages;
    canned => CannedPage,
    inbox => InboxPage,
    empty => NothingOpen,
    thread => ThreadPage,
}
