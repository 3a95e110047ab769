//! The area's pages, which the browser loads with the first of them.

use crate::{landing::Landing, log_in::LogInPage, sign_up::SignUpPage};

base::lazy_pages! {
    account_pages;
    front => Landing,
    log_in => LogInPage,
    sign_up => SignUpPage,
}
