-- Why a delivery failed, and why an agent decided as it did, as codes with what the sentences mention (types::reason::Reason), so
-- that people read them in their language. The sentences stay: a program that does not know the codes writes and shows them
-- alone. What was stored before keeps only its sentence: deliveries go after a month, and the traces of all answers are too
-- many to be changed in a migration.
alter table webhook_deliveries add column error_code jsonb;
alter table answer_traces add column reason_code jsonb;
