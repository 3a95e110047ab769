-- Channels, contacts, conversations and their messages.
create table channels (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  type text not null check (type in ('widget', 'whatsapp', 'email', 'voice', 'api')),
  settings jsonb not null default '{}',
  secrets_encrypted bytea,
  public_key text not null,
  is_active boolean not null default true,
  -- When a visitor's browser first opened it; null while it is installed nowhere.
  seen_at timestamptz,
  agent_id uuid,
  team_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, public_key),
  foreign key (organization_id, agent_id) references agents on delete set null (agent_id),
  foreign key (organization_id, team_id) references teams on delete set null (team_id)
);
call make_tenant_table('channels');

create table contacts (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null default '' check (length(name) <= 200),
  email text check (length(email) <= 254),
  phone text check (length(phone) <= 40),
  company text not null default '',
  avatar text,
  time_zone text,
  language text,
  address jsonb not null default '{}',
  tags text[] not null default '{}',
  custom_fields jsonb not null default '{}',
  notes text not null default '',
  is_vip boolean not null default false,
  is_blocked boolean not null default false,
  crm_type text,
  crm_id text,
  lead_score int not null default 0,
  lifetime_value_cents bigint not null default 0,
  first_contact_at timestamptz,
  last_contact_at timestamptz,
  merged_into_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  search text generated always as (lower(name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || company)) stored,
  primary key (organization_id, id),
  foreign key (organization_id, merged_into_id) references contacts on delete set null (merged_into_id)
);
call make_tenant_table('contacts');
create index contacts_recent on contacts (organization_id, last_contact_at desc nulls last, id);
create index contacts_name on contacts (organization_id, lower(name), id);
create index contacts_tags on contacts using gin (organization_id, tags);
create index contacts_search on contacts using gin (organization_id, search gin_trgm_ops);

create table contact_identities (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  contact_id uuid not null,
  channel_id uuid not null,
  kind text not null check (kind in ('visitor', 'user', 'email', 'phone', 'whatsapp')),
  external_id text not null check (length(external_id) between 1 and 200),
  is_verified boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, channel_id, kind, external_id),
  foreign key (organization_id, contact_id) references contacts on delete cascade,
  foreign key (organization_id, channel_id) references channels on delete cascade
);
call make_tenant_table('contact_identities');
create index contact_identities_contact on contact_identities (organization_id, contact_id);

create table contact_instructions (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  contact_id uuid not null,
  agent_id uuid,
  instructions text not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, contact_id) references contacts on delete cascade,
  foreign key (organization_id, agent_id) references agents on delete cascade
);
call make_tenant_table('contact_instructions');

create table conversations (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  contact_id uuid not null,
  channel_id uuid not null,
  status text not null default 'active' check (status in ('active', 'closed', 'archived')),
  snoozed_until timestamptz,
  subject text not null default '',
  assignee_id uuid,
  team_id uuid,
  agent_id uuid,
  -- Who answers next. The epoch rises at each change, so that a reply begun before it is refused.
  owner text not null default 'nobody' check (owner in ('agent', 'member', 'nobody')),
  owner_epoch bigint not null default 0,
  priority text not null default 'medium' check (priority in ('low', 'medium', 'high', 'urgent')),
  tags text[] not null default '{}',
  custom_fields jsonb not null default '{}',
  metadata jsonb not null default '{}',
  -- Facts of the list, kept by the verbs that write messages.
  last_seq bigint not null default 0,
  last_message_at timestamptz not null default now(),
  last_message_preview text not null default '',
  last_message_direction text not null default 'inbound' check (last_message_direction in ('inbound', 'outbound')),
  unread_count int not null default 0,
  member_read_seq bigint not null default 0,
  contact_read_seq bigint not null default 0,
  waiting_since timestamptz,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, contact_id) references contacts on delete cascade,
  foreign key (organization_id, channel_id) references channels on delete cascade,
  foreign key (organization_id, assignee_id) references members on delete set null (assignee_id),
  foreign key (organization_id, team_id) references teams on delete set null (team_id),
  foreign key (organization_id, agent_id) references agents on delete set null (agent_id)
);
call make_tenant_table('conversations');
create index conversations_recent on conversations (organization_id, status, last_message_at desc, id desc);
create index conversations_assignee on conversations (organization_id, assignee_id, status, last_message_at desc, id desc) where assignee_id is not null;
create index conversations_unassigned on conversations (organization_id, last_message_at desc, id desc) where status = 'active' and assignee_id is null and owner <> 'agent';
create index conversations_agent on conversations (organization_id, last_message_at desc, id desc) where status = 'active' and owner = 'agent';
create index conversations_unread on conversations (organization_id, assignee_id, owner) where status = 'active' and unread_count > 0;
create index conversations_contact on conversations (organization_id, contact_id, last_message_at desc);
create index conversations_channel on conversations (organization_id, channel_id, last_message_at desc);
create index conversations_created on conversations (organization_id, created_at);
create index conversations_tagged on conversations (organization_id, created_at desc) where tags <> '{}';
create index conversations_tags on conversations using gin (organization_id, tags);
create index conversations_snoozed on conversations (organization_id, snoozed_until) where snoozed_until is not null;
create index conversations_waiting on conversations (organization_id, status, waiting_since, id);
create index conversations_priority on conversations (organization_id, status,
  (case priority when 'urgent' then 0 when 'high' then 1 when 'medium' then 2 else 3 end), last_message_at desc, id desc);
create index conversations_preview on conversations using gin (organization_id, status, last_message_preview gin_trgm_ops);

-- When snoozed conversations wake up. A queue: the tick reads it across organizations.
create table snooze_wakeups (
  organization_id uuid not null,
  conversation_id uuid not null,
  due_at timestamptz not null,
  primary key (organization_id, conversation_id)
);
create index snooze_wakeups_due on snooze_wakeups (due_at);

create table messages (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  conversation_id uuid not null,
  -- Place in the conversation, from 1 without gaps.
  seq bigint not null,
  direction text not null check (direction in ('inbound', 'outbound')),
  role text not null check (role in ('user', 'assistant', 'system')),
  author_type text not null check (author_type in ('contact', 'member', 'agent', 'workflow', 'system')),
  author_id uuid,
  content text not null check (length(content) <= 20000),
  content_type text not null default 'text' check (content_type in ('text', 'markdown', 'event')),
  is_note boolean not null default false,
  delivery_state text not null default 'sent' check (delivery_state in ('queued', 'sent', 'delivered', 'read', 'failed')),
  failure_reason text,
  -- [{index, chunk_id, document_id, title, url, heading, excerpt}]
  citations jsonb not null default '[]',
  client_id text check (length(client_id) between 1 and 100),
  provider_id text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, conversation_id, seq),
  unique (organization_id, conversation_id, client_id),
  foreign key (organization_id, conversation_id) references conversations on delete cascade
);
call make_tenant_table('messages');
create index messages_created on messages (organization_id, created_at);

create table attachments (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  -- Null while a visitor's file waits for its message: the conversation may not have begun yet.
  conversation_id uuid,
  -- The browser that sent it, for a visitor's file.
  visitor_id uuid,
  -- Null until the message that carries it is sent.
  message_id uuid,
  file_name text not null check (length(file_name) between 1 and 255),
  media_type text not null,
  size bigint not null check (size >= 0),
  storage_key text not null,
  checksum bytea not null,
  is_inline boolean not null default false,
  uploaded_by text not null check (uploaded_by in ('contact', 'member')),
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, conversation_id) references conversations on delete cascade,
  foreign key (organization_id, message_id) references messages on delete cascade
);
call make_tenant_table('attachments');
create index attachments_message on attachments (organization_id, message_id);
create index attachments_waiting on attachments (organization_id, created_at) where message_id is null;

create table canned_responses (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  shortcut text not null check (shortcut ~ '^[a-z0-9_-]{1,40}$'),
  content text not null check (length(content) between 1 and 5000),
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, shortcut)
);
call make_tenant_table('canned_responses');
