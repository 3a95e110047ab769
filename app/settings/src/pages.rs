//! The area's pages, which the browser loads with the first of them.

use crate::{
    appearance::AppearancePage,
    channel_page::ChannelPage,
    channels::{ChannelsPage, NewChannelPage},
    members::MembersPage,
    organization::OrganizationPage,
    organizations::OrganizationsPage,
    profile::ProfilePage,
    roles::RolesPage,
    teams::TeamsPage,
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
    profile => ProfilePage,
    appearance => AppearancePage,
}
