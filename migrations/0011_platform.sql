-- What those need who operate the service for all organizations.

alter table organizations
  add column suspended_at timestamptz,
  add column suspended_reason text,
  -- What the operator allows, by name of the limit; what is not named has none.
  add column limits jsonb not null default '{}';

-- Organizations as operators list them, read across organizations: written with the organization's own row, the figures
-- by a job that goes round.
create table organization_index (
  organization_id uuid primary key references organizations on delete cascade,
  name text not null,
  slug text not null,
  status text not null,
  created_at timestamptz not null,
  members int not null default 0,
  conversations bigint not null default 0,
  messages bigint not null default 0,
  documents bigint not null default 0,
  storage_bytes bigint not null default 0,
  failing_webhooks int not null default 0,
  failed_sources int not null default 0,
  last_active_at timestamptz,
  measured_at timestamptz
);
create index organization_index_measured on organization_index (measured_at nulls first);

-- What happened in an organization on a day (UTC); the last 30 days and some.
create table organization_days (
  organization_id uuid not null references organizations on delete cascade,
  day date not null,
  conversations int not null default 0,
  messages int not null default 0,
  answers int not null default 0,
  primary key (organization_id, day)
);
create index organization_days_day on organization_days (day);

-- What operators did. Chained as the organizations' logs are, and kept when an organization is purged.
create table platform_logs (
  id uuid primary key,
  seq bigint not null unique,
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
  created_at timestamptz not null default now()
);
create index platform_logs_resource on platform_logs (resource_id, seq);
revoke update, delete on platform_logs from biseda_app;

-- An operator's session that works as a member for a while.
create table impersonations (
  id uuid primary key,
  session_id uuid references sessions on delete set null,
  admin_id uuid not null references users on delete cascade,
  user_id uuid not null references users on delete cascade,
  organization_id uuid not null references organizations on delete cascade,
  reason text not null check (length(reason) between 1 and 500),
  started_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
-- One at a time; sign-in asks here for every request.
create unique index impersonations_session on impersonations (session_id) where ended_at is null;
create index impersonations_open on impersonations (expires_at) where ended_at is null;

-- The operator behind a member's act, while one works as that member.
alter table audit_logs add column impersonator_id uuid;

-- What operators tell all members.
create table announcements (
  id uuid primary key,
  level text not null default 'info' check (level in ('info', 'warning')),
  text_en text not null check (length(text_en) between 1 and 500),
  text_sq text check (length(text_sq) between 1 and 500),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  created_by uuid references users on delete set null,
  created_at timestamptz not null
);
create index announcements_ends on announcements (ends_at);
create table announcement_dismissals (
  announcement_id uuid not null references announcements on delete cascade,
  user_id uuid not null references users on delete cascade,
  primary key (announcement_id, user_id)
);

-- What is switched on, for all or for some. A flag without a row has the value that the program gives it.
create table feature_flags (
  name text primary key,
  is_on boolean not null,
  updated_at timestamptz not null
);
create table feature_flag_overrides (
  name text not null,
  organization_id uuid not null references organizations on delete cascade,
  is_on boolean not null,
  updated_at timestamptz not null,
  primary key (name, organization_id)
);
create index feature_flag_overrides_organization on feature_flag_overrides (organization_id);
