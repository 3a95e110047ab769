-- A deleted agent is there until a job has taken it out of its conversations.
alter table agents add column deleted_at timestamptz;
create index conversations_of_agent on conversations (organization_id, agent_id, id) where agent_id is not null;
create index answer_traces_of_agent on answer_traces (organization_id, agent_id);
create index contact_instructions_of_agent on contact_instructions (organization_id, agent_id) where agent_id is not null;
create index actions_of_agent on actions (organization_id, agent_id);
