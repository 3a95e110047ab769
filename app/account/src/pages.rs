//! The area's pages, which the browser loads with the first of them.

use crate::{
    code::CodePage,
    invitation::InvitationPage,
    landing::Landing,
    log_in::LogInPage,
    no_organization::NoOrganizationPage,
    reset::{RequestResetPage, ResetPage},
    sign_up::SignUpPage,
    suspended::SuspendedPage,
    verify::VerifyPage,
};

base::lazy_pages! {
    account_pages;
    front => Landing,
    log_in => LogInPage,
    code => CodePage,
    no_organization => NoOrganizationPage,
    sign_up => SignUpPage,
    request_reset => RequestResetPage,
    reset => ResetPage,
    verify => VerifyPage,
    suspended => SuspendedPage,
    invitation => InvitationPage,
}
