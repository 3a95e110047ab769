-- Conversations of all organizations, 2,000 of them of the large one, so that indexes are worth their while.
set session_replication_role = replica;

create temp table talks as
select o.id as organization_id, n, gen_random_uuid() as id, gen_random_uuid() as contact_id,
       case when o.id::text = current_setting('test.large') then current_setting('test.channel')::uuid
            else md5(o.id::text)::uuid end as channel_id,
       now() - n * interval '7 minutes' as at, n % 10 = 0 as is_active,
       (select m.id from members m where m.organization_id = o.id limit 1) as member_id
from organizations o
cross join lateral generate_series(1, case when o.id::text = current_setting('test.large') then 2000 else 300 end) n;

insert into contacts (organization_id, id, name, tags, first_contact_at, last_contact_at, created_at, updated_at)
select organization_id, contact_id, 'Ana ' || n, case when n % 40 = 0 then array['vip'] else '{}' end, at, at, at, at
from talks;
insert into contact_identities (organization_id, id, contact_id, channel_id, kind, external_id)
select organization_id, gen_random_uuid(), contact_id, channel_id, 'visitor', gen_random_uuid()::text from talks;
insert into conversations (organization_id, id, contact_id, channel_id, status, assignee_id, owner, last_seq,
                           last_message_at, unread_count, waiting_since, created_at, updated_at)
select organization_id, id, contact_id, channel_id, case when is_active then 'active' else 'closed' end,
       case when n % 3 = 0 then member_id end, case when n % 3 = 0 then 'member' when n % 3 = 1 then 'agent' else 'nobody' end,
       8, at, case when is_active and n % 20 = 0 then 2 else 0 end, case when is_active and n % 30 = 0 then at end, at, at
from talks;
insert into messages (organization_id, id, conversation_id, seq, direction, role, author_type, author_id, content,
                      client_id, created_at)
select organization_id, gen_random_uuid(), id, seq, case when seq % 2 = 1 then 'inbound' else 'outbound' end,
       case when seq % 2 = 1 then 'user' else 'assistant' end, case when seq % 2 = 1 then 'contact' else 'member' end,
       case when seq % 2 = 1 then contact_id else member_id end, 'Where is my parcel?', id || '-' || seq,
       at - (8 - seq) * interval '30 seconds'
from talks cross join lateral generate_series(1, 8) seq;
insert into events (organization_id, id, name, resource_type, resource_id, conversation_id, actor_type, position, created_at)
select organization_id,
       -- Ids begin with their time.
       (lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0') || substr(md5(random()::text), 1, 20))::uuid,
       'message.created', 'message', id, conversation_id, 'system',
       nextval('event_positions'), created_at
from messages;
insert into webhook_deliveries (organization_id, id, subscription_id, event_id, status)
select e.organization_id, gen_random_uuid(), s.id, e.id, 'delivered'
from webhook_subscriptions s join events e on e.organization_id = s.organization_id;
insert into webhook_lanes (subscription_id, organization_id, due_at)
select gen_random_uuid(), o.id, case when n % 3 = 0 then now() + n * interval '1 hour' end
from organizations o cross join generate_series(1, 300) n;
insert into attachments (organization_id, id, conversation_id, message_id, file_name, media_type, size, storage_key,
                         checksum, uploaded_by)
select organization_id, gen_random_uuid(), conversation_id, id, 'label.png', 'image/png', 1000, id::text, '', 'contact'
from messages where seq = 1;
insert into sessions (id, user_id, organization_id, token_hash, expires_at)
select gen_random_uuid(), u.id, o.id, sha256((u.id::text || o.id || n)::bytea), now() + interval '1 day'
from users u cross join organizations o cross join generate_series(1, 50) n;
insert into secret_lookups (kind, key, organization_id, resource_id)
select 'api_key', encode(sha256((o.id::text || n)::bytea), 'hex'), o.id, gen_random_uuid()
from organizations o cross join generate_series(1, 50) n;
-- More passages than are all compared.
insert into document_chunks (organization_id, id, document_id, source_id, ordinal, content, char_start, char_end, lexemes,
                             lexeme_count, embedding, embedding_model)
select organization_id, gen_random_uuid(), document_id, source_id, 100 + n, content, char_start, char_end, lexemes,
       lexeme_count, embedding, embedding_model
from (select * from document_chunks limit 1) c cross join generate_series(1, 3000) n;
