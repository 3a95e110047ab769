-- A year of conversations of the organizations in `filling`. Rows are written in the order of time, as life does.
select setseed(0.42);

create function pg_temp.pick(list text[], n bigint) returns text language sql immutable
return list[1 + (n * 7919 % cardinality(list) + cardinality(list)) % cardinality(list)];

create function pg_temp.sentence(n bigint) returns text language sql immutable
return pg_temp.pick(array[
  'Hello, my parcel has not arrived yet and the tracking page shows nothing new since Monday.',
  'Could you tell me how to change the delivery address of an order that is already paid?',
  'Thank you, that solved it!',
  'The invoice shows the wrong company name, can you correct it please?',
  'I get an error when I try to sign in: the code is never accepted.',
  'You can return any item within thirty days; we refund the price once it has arrived at our warehouse.',
  'Please send me a photo of the damaged part and the number on the label.',
  'I have looked into your order and asked the carrier for news; I will write as soon as they answer.',
  'Is the blue one available in a larger size?',
  'We ship to Albania, Kosovo and the whole of the European Union.',
  'Can I pay by bank transfer instead of by card?',
  'Your subscription renews on the first of the month; you can cancel it in your account at any time.',
  'It still does not work, I tried another browser and my phone.',
  'The refund was sent today and takes two to five working days to appear.',
  'How long is the warranty on the coffee grinder?',
  'I would like to speak to a person, please.'], n);

create temp table people as
select f.id as organization_id, n, uuidv7() as user_id, uuidv7() as member_id
from filling f cross join lateral generate_series(1, case when f.place = 0 then 11 else 2 end) n;
insert into users (id, email, name, password_hash)
select user_id, 'member' || n || '-' || organization_id || '@bench.example',
       pg_temp.pick(array['Ana', 'Besa', 'Clara', 'Dritan', 'Elira', 'Fatos', 'Genta', 'Hana', 'Ilir', 'Jeta'], n)
       || ' ' || pg_temp.pick(array['Hoxha', 'Krasniqi', 'Novak', 'Rossi', 'Shehu', 'Weber'], n), ''
from people;
insert into user_organizations (user_id, organization_id) select user_id, organization_id from people;
insert into members (organization_id, id, user_id, role) select organization_id, member_id, user_id, 'member' from people;
create temp table staff as
select organization_id, id, row_number() over (partition by organization_id order by id) as n,
       count(*) over (partition by organization_id) as of
from members where organization_id in (select id from filling);
create temp table ways as
select organization_id, id, row_number() over (partition by organization_id order by id) as n,
       count(*) over (partition by organization_id) as of
from channels where organization_id in (select id from filling);

create temp table customers as
select f.id as organization_id, n, random() * 365 * interval '1 day' as age, null::uuid as id
from filling f cross join lateral generate_series(1, f.conversations * 6 / 10) n;
update customers set id = uuidv7(-age);
create index on customers (organization_id, n);
analyze customers;

create temp table talks as
select f.id as organization_id, f.place, n, f.conversations * 6 / 10 as customers, r.*, null::uuid as id,
       null::timestamptz as began, 0::int as messages, null::text as status, null::text as owner, null::uuid as contact_id
from filling f cross join lateral generate_series(1, f.conversations) n
cross join lateral (select random() * 365 * interval '1 day' as age, random() as r1, random() as r2, random() as r3,
                           random() as r4, 10 + random() * 600 as gap, n as same) r;
-- Half of the conversations have nine messages or fewer; some are long.
update talks set id = uuidv7(-age), began = now() - age, messages = least(80, 2 + floor(-ln(1 - r1) * 8.35)::int),
  -- Some customers write often: the first of them some hundred times.
  contact_id = (select c.id from customers c where c.organization_id = talks.organization_id
                and c.n = 1 + floor(customers * r2 * r2)::int),
  status = case when r3 < case when age < interval '3 days' then 0.7 when age < interval '30 days' then 0.25 else 0.06 end
                then 'active' when r3 > 0.99 then 'archived' else 'closed' end,
  owner = case when r4 < 0.45 then 'agent' when r4 < 0.8 then 'member' else 'nobody' end;
update talks set owner = case when r4 < 0.6 then 'agent' else 'member' end where status <> 'active';
-- One conversation takes what is missing to a million.
update talks set messages = messages + (select 1000000 - sum(messages) from talks), gap = 30, began = now() - interval '20 days',
  status = 'active', owner = 'member'
where place = 0 and n = 1;

insert into contacts (organization_id, id, name, email, phone, company, tags, language, first_contact_at, last_contact_at,
                      created_at, updated_at)
select organization_id, id, first.name || ' ' || last.name,
       case when n % 4 > 0 then lower(first.name) || '.' || lower(last.name) || n || '@' || lower(company.name) || '.example' end,
       case when n % 3 = 0 then '+355 69 ' || lpad((n * 7919 % 10000000)::text, 7, '0') end,
       case when n % 2 = 0 then company.name else '' end,
       case when n % 10 = 0 then array['wholesale'] when n % 50 = 1 then array['newsletter', 'vip'] else '{}' end,
       case when n % 3 = 0 then 'sq' else 'en' end, now() - age, now() - age, now() - age, now() - age
from customers
cross join lateral (select pg_temp.pick(array['Agim', 'Bora', 'Carlo', 'Dafina', 'Emma', 'Flori', 'Greta', 'Hugo', 'Ines',
  'Jon', 'Klara', 'Liridon', 'Maria', 'Nora', 'Oltion', 'Petra', 'Rina', 'Sokol', 'Teuta', 'Vera'], n) as name) first
cross join lateral (select pg_temp.pick(array['Berisha', 'Cela', 'Dervishi', 'Fischer', 'Gashi', 'Horvat', 'Leka', 'Marku',
  'Nika', 'Pavlov', 'Prifti', 'Rama', 'Schmidt', 'Toska', 'Ukaj', 'Zeqiri', 'Bianchi'], n / 20) as name) last
cross join lateral (select pg_temp.pick(array['Adria', 'Ballkan', 'Cimet', 'Drini', 'Epoka', 'Flutura', 'Galaktika'], n / 3)
  || n % 200 as name) company
order by age desc;
insert into contact_identities (organization_id, id, contact_id, channel_id, kind, external_id)
select c.organization_id, uuidv7(-c.age), c.id, w.id, 'visitor', gen_random_uuid()::text
from customers c join ways w on w.organization_id = c.organization_id and w.n = 1 + c.n % w.of;

create temp table said as
select t.organization_id, t.id as conversation_id, s as seq, s % 2 = 1 as inbound,
       least(now() - interval '1 second', t.began + (s - 1) * t.gap * interval '1 second') as at,
       pg_temp.sentence(t.n + s) || case when s % 3 = 0 then ' ' || pg_temp.sentence(t.n * 3 + s) else '' end as content,
       case when s % 2 = 1 then 'contact' when t.owner = 'agent' or s < t.messages / 3 then 'agent' else 'member' end as author_type,
       t.contact_id, a.id as agent_id, m.id as member_id
from talks t
join agents a on a.organization_id = t.organization_id
join staff m on m.organization_id = t.organization_id and m.n = 1 + t.n % m.of
cross join lateral generate_series(1, t.messages) s;

insert into messages (organization_id, id, conversation_id, seq, direction, role, author_type, author_id, content,
                      content_type, citations, client_id, created_at)
select organization_id, uuidv7(at - now()), conversation_id, seq, case when inbound then 'inbound' else 'outbound' end,
       case when inbound then 'user' else 'assistant' end, author_type,
       case author_type when 'contact' then contact_id when 'agent' then agent_id else member_id end, content,
       case when inbound then 'text' else 'markdown' end, '[]', conversation_id || '-' || seq, at
from said order by at;

insert into conversations (organization_id, id, contact_id, channel_id, status, snoozed_until, subject, assignee_id, agent_id,
  owner, priority, tags, last_seq, last_message_at, last_message_preview, last_message_direction, unread_count,
  member_read_seq, contact_read_seq, waiting_since, closed_at, created_at, updated_at)
select t.organization_id, t.id, t.contact_id, w.id, t.status,
       case when t.status = 'active' and t.n % 25 = 0 then now() + interval '2 days' end, '',
       case when t.owner = 'member' then m.id end, a.id, t.owner,
       case when t.n % 40 = 0 then 'urgent' when t.n % 12 = 0 then 'high' when t.n % 9 = 0 then 'low' else 'medium' end,
       case when t.n % 5 = 0 then array[pg_temp.pick(array['billing', 'delivery', 'returns', 'bug', 'feature', 'account',
         'wholesale', 'praise', 'complaint', 'payment'], t.n / 5)] when t.n % 331 = 1 then array['press', 'urgent call'] else '{}' end,
       t.messages, l.at, left(l.content, 120), case when l.inbound then 'inbound' else 'outbound' end,
       case when t.status = 'active' and l.inbound then 1 + t.n % 3 else 0 end::int,
       case when t.status = 'active' and l.inbound then greatest(0, t.messages - 1 - t.n % 3) else t.messages end, t.messages,
       case when t.status = 'active' and l.inbound and t.owner <> 'agent' then l.at end,
       case when t.status <> 'active' then l.at end, t.began, l.at
from talks t
join said l on l.conversation_id = t.id and l.seq = t.messages
join agents a on a.organization_id = t.organization_id
join staff m on m.organization_id = t.organization_id and m.n = 1 + t.n % m.of
join ways w on w.organization_id = t.organization_id and w.n = 1 + t.n % w.of
order by t.began;

update contacts c set last_contact_at = l.at
from (select organization_id, contact_id, max(last_message_at) as at from conversations group by 1, 2) l
where c.organization_id = l.organization_id and c.id = l.contact_id;

insert into events (organization_id, id, name, resource_type, resource_id, conversation_id, payload, actor_type, actor_id,
                    position, created_at)
select organization_id, uuidv7(created_at - now()), 'message.created', 'message', id, conversation_id,
       jsonb_build_object('conversation_id', conversation_id, 'seq', seq, 'content', content),
       case author_type when 'contact' then 'visitor' else author_type end, author_id,
       1000000 + row_number() over (order by created_at, id), created_at
from messages order by created_at, id;
select setval('event_positions', 3000000);

insert into answer_traces (organization_id, id, agent_id, conversation_id, message_id, question, decision, passages, model,
                           retrieval_ms, total_ms, created_at)
select organization_id, uuidv7(created_at - now()), author_id, conversation_id, id, left(content, 100),
       case seq % 20 when 0 then 'hand_off' when 2 then 'curated' else 'extracted' end,
       jsonb_build_array(jsonb_build_object('score', 0.71, 'title', 'Returns', 'content', content)), 'extractive', 12, 40,
       created_at
from messages where author_type = 'agent' order by created_at;

insert into canned_responses (organization_id, id, shortcut, content)
select f.id, uuidv7(), 'reply-' || n, pg_temp.sentence(n) from filling f cross join lateral generate_series(1, 30) n;
insert into answers (organization_id, id, category, question, answer)
select f.id, uuidv7(), pg_temp.pick(array['Orders', 'Payment', 'Returns'], n), 'Question ' || n || ': ' || pg_temp.sentence(n),
       pg_temp.sentence(n + 5)
from filling f cross join lateral generate_series(1, 60) n;
