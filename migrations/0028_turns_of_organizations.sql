-- Events are published by turns of the organizations.
create index event_outbox_turns on event_outbox (organization_id, id);
