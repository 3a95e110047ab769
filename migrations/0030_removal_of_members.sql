-- A removed member is there, without a user, until a job has taken them out of their conversations.
alter table members alter column user_id drop not null;
