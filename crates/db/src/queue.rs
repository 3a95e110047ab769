//! What of the job queue is not done, by its rows alone: all that is read in one snapshot is of one moment.
//!
//! The queue's own view, `awa.jobs`, does not tell (awa 0.6.9). It leaves out what a worker has in hand, which it keeps as
//! a claim apart (`awa.lease_claims`) until it needs more of it; and what waits it tells by the position of a sequence,
//! which belongs to no snapshot.

/// Whether `e` is about the lane and the segment of the entry `r`.
macro_rules! same_lane {
    () => {
        "e.ready_slot = r.ready_slot and e.ready_generation = r.ready_generation and e.queue = r.queue
         and e.enqueue_shard = r.enqueue_shard"
    };
}

// A claim is open while nothing says how its attempt ended: the evidence is that of awa's `receipt_closed_evidence_sql`.
macro_rules! in_hand {
    () => {
        concat!(
            "select r.job_id, e.attempt, r.kind, r.queue, r.args, r.priority, r.max_attempts, r.run_at
             from (
               select job_id, ready_slot, ready_generation, queue, enqueue_shard, lane_seq, attempt from awa.leases
               union all
               select c.job_id, c.ready_slot, c.ready_generation, c.queue, c.enqueue_shard, c.lane_seq, c.attempt
               from awa.lease_claims c
               where c.closed_at is null
               and not exists (
                 select from awa.lease_claim_closures e
                 where e.claim_slot = c.claim_slot and e.job_id = c.job_id and e.run_lease = c.run_lease)
               and not exists (select from awa.lease_claim_closure_batches e where e.receipt_ranges @> c.receipt_id)
               and not exists (select from awa.done_entries e where e.job_id = c.job_id and e.run_lease = c.run_lease)
               and not exists (select from awa.deferred_jobs e where e.job_id = c.job_id and e.run_lease = c.run_lease)
               and not exists (select from awa.dlq_entries e where e.job_id = c.job_id and e.run_lease = c.run_lease)
               and not exists (select from awa.leases e where e.job_id = c.job_id and e.run_lease = c.run_lease)
             ) e join awa.ready_entries r on r.job_id = e.job_id and r.lane_seq = e.lane_seq and ",
            same_lane!()
        )
    };
}

/// Jobs that a worker has in hand, or had when it died: `job_id`, the number of the `attempt`, and what the job is.
///
/// Each queue has a deadline, so that each claim has a row of its own (`awa.lease_claim_batches` are those without).
pub const IN_HAND: &str = in_hand!();

/// Jobs that are not done: those that wait, those that are in hand, and those that are due later. Columns as in
/// [`IN_HAND`].
pub const NOT_DONE: &str = concat!(
    in_hand!(),
    " union all
      select job_id, attempt, kind, queue, args, priority, max_attempts, run_at from awa.deferred_jobs
      union all
      select r.job_id, r.attempt, r.kind, r.queue, r.args, r.priority, r.max_attempts, r.run_at
      from awa.ready_entries r
      where not exists (
          select from awa.ready_tombstones e where e.priority = r.priority and e.lane_seq = r.lane_seq and ",
    same_lane!(),
    // As a value, for which each entry looks into the index: a join would compare each with all claims of its lane.
    ") and (
          select true from awa.ready_claim_attempt_batches e
          where e.priority = r.priority and e.next_lane_seq > r.lane_seq and e.first_lane_seq <= r.lane_seq
            and e.lane_ranges @> r.lane_seq and ",
    same_lane!(),
    " limit 1) is null"
);
