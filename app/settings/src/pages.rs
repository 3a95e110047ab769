//! The area's pages, which the browser loads with the first of them.

use crate::{
    api_keys::ApiKeysPage,
    appearance::AppearancePage,
    audit::AuditPage,
    channel_page::ChannelPage,
    channels::{ChannelsPage, NewChannelPage},
    members::MembersPage,
    organization::OrganizationPage,
    organizations::OrganizationsPage,
    profile::ProfilePage,
    roles::RolesPage,
    teams::TeamsPage,
    webhooks::{NewWebhookPage, WebhookPage, WebhooksPage},
};

base::lazy_pages! {
    settings_pages;
    channels => ChannelsPage,
    new_channel => NewChannelPage,
    channel => ChannelPage,
    organization => OrganizationPage,
    members => MembersPage,
    roles => RolesPage,
    teams => TeamsPage,
    organizations => OrganizationsPage,
    api_keys => ApiKeysPage,
    profile => ProfilePage,
    appearance => AppearancePage,
    webhooks => WebhooksPage,
    new_webhook => NewWebhookPage,
    webhook => WebhookPage,
    audit => AuditPage,
}
