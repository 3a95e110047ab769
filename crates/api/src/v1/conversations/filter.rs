use domain::Error;
use serde::Deserialize;
use types::{
    conversation::{InboxFilter, InboxList, InboxSort, Priority},
    id::{ChannelId, ContactId, MemberId},
};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Snoozed,
    Closed,
}

/// Who has an open conversation: the calling member, nobody, or an agent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Assigned {
    Mine,
    Unassigned,
    Agent,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum Sort {
    #[serde(rename = "-last_message_at")]
    Newest,
    #[serde(rename = "last_message_at")]
    Oldest,
    #[serde(rename = "waiting_since")]
    Waiting,
    #[serde(rename = "-priority")]
    Priority,
}

/// What `GET /conversations` is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// `open` by default.
    #[param(inline)]
    status: Option<Status>,
    /// For open conversations.
    #[param(inline)]
    assigned: Option<Assigned>,
    #[param(inline)]
    channel_id: Option<ChannelId>,
    #[param(inline)]
    contact_id: Option<ContactId>,
    #[param(inline)]
    assignee_id: Option<MemberId>,
    #[param(inline)]
    priority: Option<Priority>,
    tag: Option<String>,
    /// Part of the contact's name or e-mail address, or of the last message.
    q: Option<String>,
    /// Only conversations with unread messages.
    unread: Option<bool>,
    #[param(inline)]
    sort: Option<Sort>,
    page: Option<i64>,
    limit: Option<i64>,
}

impl Filter {
    /// The same as the inbox has it.
    pub(super) fn inbox(self) -> domain::Result<InboxFilter> {
        let list = match (self.status.unwrap_or(Status::Open), self.assigned) {
            (Status::Open, None) => InboxList::All,
            (Status::Open, Some(Assigned::Mine)) => InboxList::Mine,
            (Status::Open, Some(Assigned::Unassigned)) => InboxList::Unassigned,
            (Status::Open, Some(Assigned::Agent)) => InboxList::Agent,
            (Status::Snoozed, None) => InboxList::Snoozed,
            (Status::Closed, None) => InboxList::Closed,
            (_, Some(_)) => {
                return Err(Error::invalid("assigned", "applies to open conversations only: leave out status"));
            }
        };
        // Without a status a contact's conversations are all of them.
        let is_of_contact = self.contact_id.is_some() && self.status.is_none() && self.assigned.is_none();
        Ok(InboxFilter {
            list: (!is_of_contact).then_some(list),
            channel: self.channel_id,
            tag: self.tag,
            priority: self.priority,
            assignee: self.assignee_id,
            contact: self.contact_id,
            q: self.q,
            sort: self.sort.map(|sort| match sort {
                Sort::Newest => InboxSort::Newest,
                Sort::Oldest => InboxSort::Oldest,
                Sort::Waiting => InboxSort::Waiting,
                Sort::Priority => InboxSort::Priority,
            }),
            unread: self.unread,
            page: self.page,
            limit: self.limit,
        })
    }
}
