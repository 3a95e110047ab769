-- Events, the outbox they are published from, webhooks and the audit log.
create table events (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null,
  resource_type text not null,
  resource_id uuid not null,
  conversation_id uuid,
  payload jsonb not null default '{}',
  actor_type text not null,
  actor_id uuid,
  -- Given when the event is published, in commit order; the cursor of live updates.
  position bigint,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);
call make_tenant_table('events');
create unique index events_position on events (organization_id, position) where position is not null;
create index events_resource on events (organization_id, resource_id, created_at);
create sequence event_positions;

-- Written with the event, removed when it is published. A queue: read across organizations.
create table event_outbox (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  event_id uuid not null
);

create table webhook_subscriptions (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  url text not null check (length(url) <= 2048),
  events text[] not null default '{}',
  secret_encrypted bytea not null,
  previous_secret_encrypted bytea,
  previous_secret_expires_at timestamptz,
  custom_headers_encrypted bytea,
  header_names text[] not null default '{}',
  is_active boolean not null default true,
  disabled_reason text,
  failing_since timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
call make_tenant_table('webhook_subscriptions');

create table webhook_deliveries (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  subscription_id uuid not null,
  event_id uuid not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  request jsonb not null default '{}',
  response_status int,
  response_body text,
  duration_ms int,
  attempts int not null default 0,
  error text,
  next_attempt_at timestamptz,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, subscription_id, event_id),
  foreign key (organization_id, subscription_id) references webhook_subscriptions on delete cascade,
  foreign key (organization_id, event_id) references events on delete cascade
);
call make_tenant_table('webhook_deliveries');
create index webhook_deliveries_recent on webhook_deliveries (organization_id, subscription_id, created_at desc);

create table audit_logs (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  -- Place in the organization's chain, from 1 without gaps.
  seq bigint not null,
  actor_type text not null,
  actor_id uuid,
  action text not null,
  resource_type text not null,
  resource_id uuid,
  before jsonb,
  after jsonb,
  ip text,
  user_agent text,
  previous_hash bytea not null,
  hash bytea not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, seq)
);
call make_tenant_table('audit_logs');
