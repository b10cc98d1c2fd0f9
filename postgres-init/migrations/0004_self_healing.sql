-- Up Migration
create table self_healing_events (
  id serial primary key,
  event_type varchar(50) not null,
  severity varchar(20) not null check (severity in ('INFO', 'WARNING', 'CRITICAL')),
  description text not null,
  action_taken text,
  "timestamp" timestamptz not null default now()
);
create index idx_self_healing_timestamp on self_healing_events ("timestamp" desc);

create table workflow_activity (
  id serial primary key,
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  workflow_name varchar(255) not null,
  status varchar(50) not null,
  "timestamp" timestamptz not null default now(),
  duration_ms integer,
  error text
);
create index idx_workflow_activity_timestamp on workflow_activity ("timestamp" desc);

-- Down Migration
drop table workflow_activity, self_healing_events;
