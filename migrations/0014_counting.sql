-- Counting contacts and open conversations reads the index alone.
drop index contacts_recent;
create index contacts_recent on contacts (organization_id, last_contact_at desc nulls last, id) where merged_into_id is null;
drop index conversations_recent;
create index conversations_recent on conversations (organization_id, status, last_message_at desc, id desc)
  include (snoozed_until);
