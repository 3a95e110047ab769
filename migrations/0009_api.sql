-- What the REST API keeps beside the capabilities' own tables.

-- Answers to requests that carried an Idempotency-Key: a repetition gets the first answer and does nothing. The row is
-- written in the transaction of what was asked for, so there is never one without the other.
create table idempotency_keys (
  organization_id uuid not null references organizations on delete cascade,
  -- The member or the API key that asked: one's keys say nothing to another.
  actor_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  -- SHA-256 of the method, the path and the body.
  fingerprint bytea not null,
  -- Null only inside the transaction that does the work.
  status int,
  -- The body of the answer. Encrypted, because it may hold a secret that is shown once.
  answer_encrypted bytea,
  created_at timestamptz not null default now(),
  primary key (organization_id, actor_id, key)
);
call make_tenant_table('idempotency_keys');
create index idempotency_keys_created on idempotency_keys (organization_id, created_at);

create index api_keys_created on api_keys (organization_id, created_at desc);
