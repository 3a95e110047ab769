//! The area's pages, which the browser loads with the first of them.

use crate::{
    appearance::AppearancePage,
    channel_page::ChannelPage,
    channels::{ChannelsPage, NewChannelPage},
    members::MembersPage,
    organization::OrganizationPage,
    profile::ProfilePage,
};

base::lazy_pages! {
    settings_pages;
    Channels => ChannelsPage,
    NewChannel => NewChannelPage,
    Channel => ChannelPage,
    Organization => OrganizationPage,
    Members => MembersPage,
    Profile => ProfilePage,
    Appearance => AppearancePage,
}
