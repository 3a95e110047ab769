-- What the program's role may do. It owns nothing and cannot bypass row-level security.
grant usage on schema public to biseda_app;
grant select, insert, update, delete on all tables in schema public to biseda_app;
grant usage, select on all sequences in schema public to biseda_app;
alter default privileges in schema public grant select, insert, update, delete on tables to biseda_app;
alter default privileges in schema public grant usage, select on sequences to biseda_app;
-- The audit log only grows.
revoke update, delete on audit_logs from biseda_app;
revoke insert, update, delete on _sqlx_migrations from biseda_app;
