-- Mails on their way out, to people who may belong to no organization yet, and organizations on their way out.
create table mails (
  id uuid primary key,
  -- Whose mail it is, where it is an organization's.
  organization_id uuid references organizations on delete cascade,
  kind text not null,
  recipient text not null check (length(recipient) <= 254),
  subject text not null,
  -- Text and HTML, encrypted: they hold links that open accounts. Gone once the mail is sent.
  body bytea,
  -- `kept`: no mail server was configured; platform admins can read it.
  status text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'kept')),
  attempts int not null default 0,
  error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index mails_recent on mails (created_at desc, id desc);

-- Deleted organizations whose grace period runs; read across organizations.
create table organization_purges (
  organization_id uuid primary key references organizations on delete cascade,
  purge_at timestamptz not null
);
