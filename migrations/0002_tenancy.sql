-- Organizations, people, and how they sign in.
create table organizations (
  id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$'),
  plan text not null default 'chatbot_standard_monthly',
  status text not null default 'active' check (status in ('active', 'suspended', 'deleted')),
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
call make_tenant_table('organizations', 'id');

create table users (
  id uuid primary key,
  email text not null check (length(email) <= 254),
  name text not null check (length(name) between 1 and 120),
  password_hash text not null,
  email_verified_at timestamptz,
  image text,
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  -- Encrypted. The secret counts once its first code was entered; until then it is pending.
  two_factor_secret bytea,
  two_factor_pending bytea,
  -- The half minute whose code was used last: each counts once.
  two_factor_step bigint not null default 0,
  recovery_codes text[] not null default '{}',
  is_active boolean not null default true,
  is_platform_admin boolean not null default false,
  last_login_at timestamptz,
  last_login_ip text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index users_email on users (lower(email));

-- Failed sign-ins by address, whether or not a user has it: the answer must not tell.
create table login_attempts (
  email_hash bytea primary key,
  failed_attempts int not null default 0,
  locked_until timestamptz,
  last_attempt_at timestamptz not null
);

-- Which organizations a person belongs to: sign-in asks before any organization is known.
create table user_organizations (
  user_id uuid not null references users on delete cascade,
  organization_id uuid not null references organizations on delete cascade,
  primary key (user_id, organization_id)
);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  organization_id uuid references organizations on delete set null,
  token_hash bytea not null unique,
  ip text,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);

create table password_resets (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table email_verifications (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  email text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Finds the organization behind a secret or public key before any organization is known.
create table secret_lookups (
  kind text not null check (kind in ('channel', 'api_key', 'invitation')),
  key text not null,
  organization_id uuid not null references organizations on delete cascade,
  resource_id uuid not null,
  primary key (kind, key)
);
create index secret_lookups_resource on secret_lookups (organization_id, resource_id);

create table platform_settings (
  name text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);

create table roles (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 60),
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, name)
);
call make_tenant_table('roles');

create table teams (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 60),
  description text not null default '',
  parent_id uuid,
  manager_id uuid,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, name),
  foreign key (organization_id, parent_id) references teams on delete set null (parent_id)
);
call make_tenant_table('teams');

create table members (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member')),
  custom_role_id uuid,
  team_id uuid,
  availability text not null default 'online' check (availability in ('online', 'away', 'offline')),
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, user_id),
  foreign key (organization_id, custom_role_id) references roles on delete set null (custom_role_id),
  foreign key (organization_id, team_id) references teams on delete set null (team_id)
);
call make_tenant_table('members');
alter table teams add foreign key (organization_id, manager_id) references members on delete set null (manager_id);

create table invitations (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'member')),
  custom_role_id uuid,
  token_hash bytea not null,
  invited_by uuid,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, custom_role_id) references roles on delete set null (custom_role_id),
  foreign key (organization_id, invited_by) references members on delete set null (invited_by)
);
call make_tenant_table('invitations');
-- One open invitation for an address.
create unique index invitations_open on invitations (organization_id, lower(email)) where accepted_at is null;

create table api_keys (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  key_hash bytea not null,
  prefix text not null,
  scopes text[] not null default '{}',
  created_by uuid,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, created_by) references members on delete set null (created_by)
);
call make_tenant_table('api_keys');
