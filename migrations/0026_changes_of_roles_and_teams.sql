-- When a role or team was last changed: a form that shows it as it was before is refused.
alter table roles add column updated_at timestamptz not null default now();
alter table teams add column updated_at timestamptz not null default now();
