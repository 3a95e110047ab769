-- Rows of the audit log are chained after their commit, in batches: writers of one organization do not wait for each
-- other, and one commit reaches the disk for many.
alter table audit_logs alter seq drop not null, alter previous_hash drop not null, alter hash drop not null;
comment on column audit_logs.seq is 'Place in the organization''s chain, from 1 without gaps; null until it is sealed.';

-- Written with the row, removed when it is sealed. A queue: read across organizations.
create table audit_outbox (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  audit_log_id uuid not null
);

-- The log still only grows: the program may give a row its place, once, and change nothing else.
grant update (seq, previous_hash, hash) on audit_logs to biseda_app;
create policy seal_once on audit_logs as restrictive for update using (seq is null) with check (true);
