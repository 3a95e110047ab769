-- Deleting a contact, a conversation, a source or an event looks for what refers to it: without an index, through all rows of the
-- organization.
create index contacts_merged_into on contacts (organization_id, merged_into_id) where merged_into_id is not null;
create index attachments_conversation on attachments (organization_id, conversation_id);
create index answer_traces_conversation on answer_traces (organization_id, conversation_id);
create index webhook_deliveries_event on webhook_deliveries (organization_id, event_id);
create index contact_instructions_contact on contact_instructions (organization_id, contact_id);
create index actions_conversation on actions (organization_id, conversation_id);
create index actions_contact on actions (organization_id, contact_id);
create index agent_sources_source on agent_sources (organization_id, source_id);
