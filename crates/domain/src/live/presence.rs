use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;
use types::{
    id::{ConversationId, OrganizationId},
    live::Viewer,
};
use uuid::Uuid;

/// How long a member counts as looking after the last sign of life.
const EXPIRY: Duration = Duration::from_secs(40);

/// Who looks at what, by socket, of all nodes.
#[derive(Default)]
pub(super) struct Presence {
    sockets: HashMap<Uuid, Looking>,
}

struct Looking {
    organization: OrganizationId,
    conversation: ConversationId,
    viewer: Viewer,
    heard: Instant,
}

impl Presence {
    /// Notes a sign of life, and gives the conversations whose viewers changed by it.
    pub(super) fn note(
        &mut self,
        organization: OrganizationId,
        socket: Uuid,
        viewer: Viewer,
        conversation: Option<ConversationId>,
        heard: Instant,
    ) -> Vec<(OrganizationId, ConversationId)> {
        let before = self.sockets.remove(&socket).map(|looking| (looking.organization, looking.conversation));
        if let Some(conversation) = conversation {
            self.sockets.insert(socket, Looking { organization, conversation, viewer, heard });
        }
        let after = conversation.map(|id| (organization, id));
        if before == after { Vec::new() } else { before.into_iter().chain(after).collect() }
    }

    /// Forgets the silent ones, and gives the conversations whose viewers changed by it.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<(OrganizationId, ConversationId)> {
        let gone = self.sockets.extract_if(|_, looking| now.duration_since(looking.heard) > EXPIRY);
        gone.map(|(_, looking)| (looking.organization, looking.conversation)).collect()
    }

    /// The members who look at a conversation, each once, by name.
    pub(super) fn viewers(&self, organization: OrganizationId, conversation: ConversationId) -> Vec<Viewer> {
        let mut viewers: Vec<Viewer> = self
            .sockets
            .values()
            .filter(|looking| looking.organization == organization && looking.conversation == conversation)
            .map(|looking| looking.viewer.clone())
            .collect();
        viewers.sort_by(|a, b| (&a.name, a.member_id).cmp(&(&b.name, b.member_id)));
        viewers.dedup_by_key(|viewer| viewer.member_id);
        viewers
    }
}

#[cfg(test)]
mod tests {
    use types::id::MemberId;

    use super::*;

    #[test]
    fn a_member_who_says_nothing_for_40_seconds_has_gone() {
        let (organization, conversation) = (OrganizationId(Uuid::nil()), ConversationId(Uuid::nil()));
        let viewer = Viewer { member_id: MemberId(Uuid::nil()), name: "Ana".into() };
        let (mut presence, start) = (Presence::default(), Instant::now());
        let note = |presence: &mut Presence, socket, seconds| {
            let heard = start + Duration::from_secs(seconds);
            presence.note(organization, Uuid::from_u128(socket), viewer.clone(), Some(conversation), heard)
        };
        assert_eq!(note(&mut presence, 1, 0), [(organization, conversation)]);
        // A second tab is the same member, and a sign of life changes nothing.
        note(&mut presence, 2, 10);
        assert!(note(&mut presence, 2, 30).is_empty());
        assert_eq!(presence.viewers(organization, conversation).len(), 1);
        presence.expire(start + Duration::from_secs(50));
        assert_eq!(presence.viewers(organization, conversation).len(), 1);
        assert_eq!(presence.expire(start + Duration::from_secs(71)), [(organization, conversation)]);
        assert!(presence.viewers(organization, conversation).is_empty());
    }
}
