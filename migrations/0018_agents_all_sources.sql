-- Whether an agent answers from all sources: one whose last source was deleted does not begin to answer from the others.
-- An agent with rows in agent_sources is bound to these whatever this column says, because a program that does not know
-- the column writes the rows alone. An agent that such a program sets back to all sources answers from none until it is
-- saved again.
alter table agents add column all_sources boolean not null default true;

alter table agents no force row level security;
alter table agent_sources no force row level security;
update agents a set all_sources = false
where exists (select from agent_sources s where s.organization_id = a.organization_id and s.agent_id = a.id);
alter table agent_sources force row level security;
alter table agents force row level security;
