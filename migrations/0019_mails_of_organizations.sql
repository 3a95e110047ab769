-- An invitation counts those that its organization mailed in a day; a purge looks for the organization's mails.
create index mails_organization on mails (organization_id, created_at) where organization_id is not null;
