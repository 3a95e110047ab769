-- What an API key may do is found with its organization, in one question and without a transaction: every request of a
-- program begins with it.
alter table secret_lookups add column details jsonb not null default '{}', add column last_used_at timestamptz;
comment on column secret_lookups.details is 'Of an API key: name, scopes, expires_at.';

alter table api_keys no force row level security;
update secret_lookups l
set details = jsonb_build_object('name', k.name, 'scopes', k.scopes, 'expires_at', k.expires_at), last_used_at = k.last_used_at
from api_keys k
where l.kind = 'api_key' and k.organization_id = l.organization_id and k.id = l.resource_id;
alter table api_keys force row level security;

