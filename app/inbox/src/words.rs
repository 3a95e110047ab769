//! Words and icons for the inbox's enums.

use i18n::*;
use types::{
    channel::ChannelType,
    conversation::{ConversationSummary, InboxList, InboxSort, Priority},
    message::{DeliveryState, SystemLine},
};
use ui::{Glyph, icons};

/// What to call the customer of a conversation.
pub fn customer(i18n: I18n, row: &ConversationSummary) -> String {
    contacts::display_name(i18n, &row.contact_name, row.contact_email.as_deref(), row.contact_id)
}

pub fn list(i18n: I18n, list: InboxList) -> &'static str {
    match list {
        InboxList::Mine => tu_string!(i18n, inbox.list_mine),
        InboxList::Unassigned => tu_string!(i18n, inbox.list_unassigned),
        InboxList::Agent => tu_string!(i18n, inbox.list_agent),
        InboxList::All => tu_string!(i18n, inbox.list_all),
        InboxList::Snoozed => tu_string!(i18n, inbox.list_snoozed),
        InboxList::Closed => tu_string!(i18n, inbox.list_closed),
    }
}

pub fn list_glyph(list: InboxList) -> Glyph {
    match list {
        InboxList::Mine => icons::USER,
        InboxList::Unassigned => icons::USER_PLUS,
        InboxList::Agent => icons::BOT,
        InboxList::All => icons::INBOX,
        InboxList::Snoozed => icons::ALARM_CLOCK,
        InboxList::Closed => icons::ARCHIVE,
    }
}

pub fn sort(i18n: I18n, sort: InboxSort) -> &'static str {
    match sort {
        InboxSort::Newest => tu_string!(i18n, inbox.sort_newest),
        InboxSort::Oldest => tu_string!(i18n, inbox.sort_oldest),
        InboxSort::Waiting => tu_string!(i18n, inbox.sort_waiting),
        InboxSort::Priority => tu_string!(i18n, inbox.sort_priority),
    }
}

pub fn priority(i18n: I18n, priority: Priority) -> &'static str {
    match priority {
        Priority::Low => tu_string!(i18n, inbox.priority_low),
        Priority::Medium => tu_string!(i18n, inbox.priority_medium),
        Priority::High => tu_string!(i18n, inbox.priority_high),
        Priority::Urgent => tu_string!(i18n, inbox.priority_urgent),
    }
}

pub fn channel(i18n: I18n, channel: ChannelType) -> &'static str {
    match channel {
        ChannelType::Widget => tu_string!(i18n, inbox.channel_widget),
        ChannelType::Whatsapp => tu_string!(i18n, inbox.channel_whatsapp),
        ChannelType::Email => tu_string!(i18n, inbox.channel_email),
        ChannelType::Voice => tu_string!(i18n, inbox.channel_voice),
        ChannelType::Api => tu_string!(i18n, inbox.channel_api),
    }
}

pub fn channel_glyph(channel: ChannelType) -> Glyph {
    match channel {
        ChannelType::Widget => icons::MESSAGE_CIRCLE,
        ChannelType::Whatsapp | ChannelType::Voice => icons::PHONE,
        ChannelType::Email => icons::MAIL,
        ChannelType::Api => icons::CODE,
    }
}

pub fn delivery(i18n: I18n, state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => tu_string!(i18n, inbox.state_queued),
        DeliveryState::Sent => tu_string!(i18n, inbox.state_sent),
        DeliveryState::Delivered => tu_string!(i18n, inbox.state_delivered),
        DeliveryState::Read => tu_string!(i18n, inbox.state_read),
        DeliveryState::Failed => tu_string!(i18n, inbox.state_failed),
    }
}

/// A line that the product wrote into the thread, with who did it.
pub fn system_line(i18n: I18n, content: &str, author: &str) -> String {
    let name = if author.is_empty() { tu_string!(i18n, inbox.system).to_owned() } else { author.to_owned() };
    match content.parse::<SystemLine>() {
        Ok(SystemLine::TakenOver) => tu_string!(i18n, inbox.sys_taken_over, name = name).to_string(),
        Ok(SystemLine::HandedBack) => tu_string!(i18n, inbox.sys_handed_back, name = name).to_string(),
        Ok(SystemLine::HandOffRequested) => tu_string!(i18n, inbox.sys_hand_off_requested).to_string(),
        Ok(SystemLine::AgentUnavailable) => tu_string!(i18n, inbox.sys_agent_unavailable).to_string(),
        Ok(SystemLine::Assigned) => tu_string!(i18n, inbox.sys_assigned, name = name).to_string(),
        Ok(SystemLine::Unassigned) => tu_string!(i18n, inbox.sys_unassigned, name = name).to_string(),
        Ok(SystemLine::Closed) => tu_string!(i18n, inbox.sys_closed, name = name).to_string(),
        Ok(SystemLine::Reopened) => tu_string!(i18n, inbox.sys_reopened, name = name).to_string(),
        Ok(SystemLine::ClosedByContact) => tu_string!(i18n, inbox.sys_closed_by_contact).to_string(),
        Ok(SystemLine::EmailCaptured) => tu_string!(i18n, inbox.sys_email_captured).to_string(),
        Err(_) => content.to_owned(),
    }
}
