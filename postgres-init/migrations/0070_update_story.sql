-- Up Migration
-- The rows tell what the journal in the data folder tells; its id joins them, so that the story can be written again after a roll-back.
alter table update_events
  add column update_id varchar(40) unique,
  add column state varchar(20),
  add column steps jsonb not null default '[]',
  add column checks jsonb not null default '[]',
  add column failed_check varchar(60),
  add column log_lines jsonb not null default '[]',
  add column downtime_ms integer;

-- Down Migration
alter table update_events
  drop column downtime_ms, drop column log_lines, drop column failed_check, drop column checks, drop column steps, drop column state, drop column update_id;
