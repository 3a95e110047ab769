//! The area's pages, which the browser loads with the first of them.

use crate::{
    announcements::AnnouncementsPage, flags::FlagsPage, frame::AdminFrame, jobs::JobsPage, log::LogPage,
    mail::MailPage, mails::MailsPage, organization::OrganizationPage, organizations::OrganizationsPage,
    overview::OverviewPage, second_factor::SecondFactorPage, sources::SourcesPage, system::SystemPage, user::UserPage,
    users::UsersPage, webhooks::WebhooksPage,
};

base::lazy_pages! {
    admin_pages;
    frame => AdminFrame,
    overview => OverviewPage,
    organizations => OrganizationsPage,
    organization => OrganizationPage,
    users => UsersPage,
    user => UserPage,
    jobs => JobsPage,
    webhooks => WebhooksPage,
    sources => SourcesPage,
    system => SystemPage,
    announcements => AnnouncementsPage,
    flags => FlagsPage,
    log => LogPage,
    mails => MailsPage,
    mail => MailPage,
    second_factor => SecondFactorPage,
}
