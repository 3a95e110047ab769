-- AI agents. Channels and conversations refer to them.
create table agents (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  instructions text not null default '' check (length(instructions) <= 20000),
  greeting text not null default '' check (length(greeting) <= 1000),
  languages text[] not null default '{en}',
  tone text not null default 'friendly' check (tone in ('friendly', 'professional', 'concise')),
  provider text not null default 'extractive' check (provider in ('extractive', 'openai', 'anthropic')),
  model text not null default '',
  base_url text not null default '',
  api_key_encrypted bytea,
  temperature real not null default 0.2 check (temperature between 0 and 2),
  max_tokens int not null default 800 check (max_tokens between 16 and 16000),
  handoff_rules jsonb not null default '{}',
  guardrails jsonb not null default '{}',
  tools jsonb not null default '[]',
  is_active boolean not null default true,
  published_version int,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
call make_tenant_table('agents');

create table agent_versions (
  organization_id uuid not null,
  agent_id uuid not null,
  version int not null,
  status text not null check (status in ('draft', 'published', 'retired')),
  configuration jsonb not null,
  note text not null default '',
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (organization_id, agent_id, version),
  foreign key (organization_id, agent_id) references agents on delete cascade,
  foreign key (organization_id, created_by) references members on delete set null (created_by)
);
call make_tenant_table('agent_versions');
