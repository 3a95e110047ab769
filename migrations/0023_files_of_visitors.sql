-- What visitors send in a day is counted with each file: from the index alone.
create index attachments_of_visitors on attachments (organization_id, created_at) include (size)
  where visitor_id is not null;
