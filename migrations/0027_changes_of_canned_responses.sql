-- When a canned answer was last changed: a form that shows it as it was before is refused.
alter table canned_responses add column updated_at timestamptz not null default now();
