use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use types::id::OrganizationId;

use super::Job;

/// After so many organizations those that have been quiet are forgotten.
const SWEEP_ABOVE: usize = 4_096;

/// What organizations asked for lately, in this process.
static ASKED: LazyLock<Mutex<HashMap<(OrganizationId, &'static str), Asked>>> = LazyLock::new(Mutex::default);

struct Asked {
    until: DateTime<Utc>,
    jobs: u32,
}

/// An organization's shares: within so many seconds, so many jobs in each of these queues, counted from the first on, and the
/// rest in the last.
struct Share {
    seconds: i64,
    queues: &'static [(u32, &'static str)],
    rest: &'static str,
}

/// Replies come as often as visitors write.
const REPLIES: Share = Share { seconds: 60, queues: &[(16, "reply"), (136, REPLY_SURPLUS)], rest: "reply-last" };
/// Syncs take minutes. Of one that takes longer than its turn the rest is beyond the share.
const SYNCS: Share = Share { seconds: 600, queues: &[(1, "sync")], rest: SYNC_SURPLUS };

pub(super) const REPLY_SURPLUS: &str = "reply-surplus";
const SYNC_SURPLUS: &str = "sync-surplus";

/// The queue that a job is to wait in. What goes beyond an organization's share of its queue waits in others, with workers
/// of their own. So the jobs of one that asks for a hundred thousand wait for each other, and neither those of the others
/// wait for them nor those of which the others have a few too many.
pub(super) fn queue_for(job: &Job, now: DateTime<Utc>) -> &'static str {
    let (organization, share) = match job {
        Job::ReplyAsAgent { organization_id, .. } => (*organization_id, REPLIES),
        Job::SyncSource { later: true, .. } => return SYNC_SURPLUS,
        Job::SyncSource { organization_id, .. } => (*organization_id, SYNCS),
        Job::SendMail { .. }
        | Job::ResetPassword { .. }
        | Job::RemoveAgent { .. }
        | Job::ReleaseMember { .. }
        | Job::Tick
        | Job::Upkeep => return job.queue(),
    };
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    if asked.len() > SWEEP_ABOVE {
        asked.retain(|_, asked| asked.until > now);
    }
    let begun = || Asked { until: now + TimeDelta::seconds(share.seconds), jobs: 0 };
    let entry = asked.entry((organization, job.queue())).or_insert_with(begun);
    if entry.until <= now {
        *entry = begun();
    }
    entry.jobs += 1;
    share.queues.iter().find(|(jobs, _)| entry.jobs <= *jobs).map_or(share.rest, |(_, queue)| queue)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_goes_beyond_a_share_waits_elsewhere_until_its_time_is_over() {
        let reply = |organization| Job::ReplyAsAgent {
            organization_id: OrganizationId(organization),
            conversation_id: Uuid::nil().into(),
            agent_id: Uuid::nil().into(),
            message_id: Uuid::nil().into(),
            owner_epoch: 1,
        };
        let (busy, other, now) = (Uuid::from_u128(1), Uuid::from_u128(2), DateTime::UNIX_EPOCH);
        for _ in 0..16 {
            assert_eq!(queue_for(&reply(busy), now), "reply");
        }
        for _ in 0..120 {
            assert_eq!(queue_for(&reply(busy), now + TimeDelta::seconds(59)), "reply-surplus");
        }
        assert_eq!(queue_for(&reply(busy), now + TimeDelta::seconds(59)), "reply-last");
        assert_eq!(queue_for(&reply(other), now), "reply");
        assert_eq!(queue_for(&reply(busy), now + TimeDelta::seconds(60)), "reply");
    }
}
