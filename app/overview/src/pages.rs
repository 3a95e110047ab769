//! The area's pages, which the browser loads with the first of them.

use crate::page::OverviewPage;

base::lazy_pages! {
    overview_pages;
    overview => OverviewPage,
}
