use std::sync::Arc;

use domain::{Services, visitors::Visitor};

use crate::{ClientIp, live::Places, rate_limit::Limit, v1::Keys};

/// Sockets of one member on one node. Nobody has as many tabs.
const MEMBER_SOCKETS: usize = 100;
/// Sockets of visitors from one address, behind which may be an office or a whole campus, on one node: so that nobody alone
/// takes all that the node may have open.
const VISITOR_SOCKETS: usize = 300;

/// What the handlers of this crate share.
#[derive(Clone)]
pub struct Api {
    pub services: Services,
    pub(crate) limits: Arc<Limits>,
    pub(crate) keys: Arc<Keys>,
    /// Those of members' sockets, by member.
    pub(crate) member_places: Places,
    /// Those of visitors' sockets, by address.
    pub(crate) visitor_places: Places,
    /// What the addresses of the widget's script and style end with, so that a new version is loaded at once.
    pub(crate) widget_version: Arc<str>,
}

/// How often one browser or program may do what costs something.
#[derive(Clone)]
pub(crate) struct Limits {
    /// New sessions, by address.
    pub(crate) sessions: Limit,
    /// Messages, by visitor.
    messages: Limit,
    /// Messages and calls for a person by address: a browser that makes itself a new visitor for each gains nothing.
    messages_by_address: Limit,
    /// The same in a day, by organization and address: each may begin a conversation and have a model answer, which the
    /// organization pays for.
    messages_in_a_day: Limit,
    /// Files, by visitor and by address.
    pub(crate) uploads: Limit,
    /// What the files weigh, by organization and address, in [`FILE_UNIT`]s: of what an organization's visitors may send in a
    /// day, which belongs to all of them.
    pub(crate) uploaded: Limit,
    /// Everything that a visitor asks, by visitor.
    pub(crate) requests: Limit,
    /// Everything that a visitor writes, and sessions that go on, by address, behind which may be an office full of visitors.
    pub(crate) writes_by_address: Limit,
    /// Live sockets of visitors, by address.
    pub(crate) sockets: Limit,
    /// Requests to the REST API, by key or member.
    pub(crate) api: Limit,
    /// Requests to the REST API by address, from which several keys may ask.
    pub(crate) api_by_address: Limit,
}

impl Limits {
    fn new() -> Self {
        Self {
            sessions: Limit::new(60, 30),
            messages: Limit::new(20, 10),
            messages_by_address: Limit::new(120, 60),
            messages_in_a_day: Limit::per_day(2000),
            uploads: Limit::new(20, 10),
            uploaded: Limit::per_day(2000),
            requests: Limit::new(240, 120),
            writes_by_address: Limit::new(480, 240),
            sockets: Limit::new(240, 120),
            api: Limit::new(API_REQUESTS_PER_MINUTE, API_REQUESTS_PER_MINUTE / 2),
            api_by_address: Limit::new(API_REQUESTS_PER_MINUTE * 4, API_REQUESTS_PER_MINUTE * 2),
        }
    }

    /// Counts a message of a visitor, or what begins a conversation as one does.
    ///
    /// # Errors
    /// [`domain::Error::RateLimited`] when the visitor or the address has written too much.
    pub(crate) fn check_message(&self, visitor: &Visitor, ip: ClientIp) -> domain::Result<()> {
        let address = ip.counted_as();
        self.messages.check(&visitor.id.to_string())?;
        self.messages_by_address.check(&address)?;
        self.messages_in_a_day.check(&format!("{} {address}", visitor.organization))
    }
}

/// Bytes by which files are weighed, a tenth of a megabyte, rounded up: each weighs one at least.
pub(crate) const FILE_UNIT: u64 = 1024 * 1024 / 10 + 1;

/// Requests to the REST API per minute and key, when the operator says nothing.
pub const API_REQUESTS_PER_MINUTE: u32 = 1200;

impl Api {
    /// The state over these services, with fresh counters.
    pub fn new(services: Services) -> Self {
        let (member_places, visitor_places) = (Places::new(MEMBER_SOCKETS), Places::new(VISITOR_SOCKETS));
        let (limits, keys, widget_version) = (Arc::new(Limits::new()), Arc::default(), Arc::default());
        Self { services, limits, keys, member_places, visitor_places, widget_version }
    }

    /// With so many requests to the REST API per minute and key; four times as many per address. Half of them may come
    /// at once.
    pub fn with_api_limit(self, per_minute: u32) -> Self {
        let mut limits = (*self.limits).clone();
        limits.api = Limit::new(per_minute, per_minute / 2);
        limits.api_by_address = Limit::new(per_minute.saturating_mul(4), per_minute.saturating_mul(2));
        Self { limits: Arc::new(limits), ..self }
    }

    /// With the version of the widget's script and style that this program serves.
    pub fn with_widget_version(self, version: &str) -> Self {
        Self { widget_version: version.into(), ..self }
    }
}

impl From<Services> for Api {
    fn from(services: Services) -> Self {
        Self::new(services)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_address_has_a_day_of_messages_with_each_organization() {
        let limits = Limits { messages_by_address: Limit::new(1_000_000, 1_000_000), ..Limits::new() };
        let write = |organization, visitor, ip: [u8; 4]| {
            let [organization, visitor] = [organization, visitor].map(Uuid::from_u128);
            let (channel, language) = (Uuid::nil().into(), None);
            let visitor = Visitor { organization: organization.into(), channel, id: visitor.into(), language };
            limits.check_message(&visitor, ClientIp(IpAddr::from(ip)))
        };
        for visitor in 0..2000 {
            write(1, visitor, [198, 51, 100, 1]).expect("within the day");
        }
        let refused = write(1, 2000, [198, 51, 100, 1]);
        assert!(matches!(refused, Err(domain::Error::RateLimited { retry_after_seconds: 1..=44 })), "{refused:?}");
        write(2, 2001, [198, 51, 100, 1]).expect("with another organization");
        write(1, 2002, [198, 51, 100, 2]).expect("from another address");
    }
}
