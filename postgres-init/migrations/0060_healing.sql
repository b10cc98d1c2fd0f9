-- Up Migration

-- Every raise, action and outcome is a row of the timeline; what it belongs to stands beside it.
alter table self_healing_events
  add column step varchar(20) check (step in ('raise', 'action', 'outcome', 'note')),
  add column issue_id uuid,
  add column repair_id uuid,
  add column subject varchar(200),
  add column data jsonb not null default '{}';
create index idx_self_healing_issue on self_healing_events (issue_id, id) where issue_id is not null;

-- What a check found. One open row for each thing that is wrong, however often it is seen.
create table healing_issues (
  id uuid primary key default uuidv7(),
  check_id varchar(60) not null,
  subject varchar(200) not null default '',
  severity varchar(20) not null check (severity in ('INFO', 'WARNING', 'CRITICAL')),
  status varchar(20) not null default 'open' check (status in ('open', 'healing', 'escalated', 'healed', 'gone')),
  description text not null,
  -- Why a repair cannot cure it (a taken port, a refused configuration, a dead disk); null while one may.
  incurable text,
  evidence jsonb not null default '{}',
  sightings integer not null default 1,
  raised_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  closed_at timestamptz,
  healed_by varchar(60)
);
create unique index healing_issues_one_open on healing_issues (check_id, subject) where closed_at is null;
create index idx_healing_issues_raised on healing_issues (raised_at desc, id desc);

-- One try at curing an issue, asked for by the box itself (asked_by is null) or by a person.
create table healing_repairs (
  id uuid primary key default uuidv7(),
  issue_id uuid references healing_issues (id) on delete cascade,
  fixup varchar(60) not null,
  subject varchar(200) not null default '',
  status varchar(20) not null default 'requested'
    check (status in ('waiting', 'requested', 'running', 'proven', 'failed', 'refused', 'dismissed')),
  destroys text not null default 'nothing',
  asked_by varchar(50),
  attempt integer not null default 1,
  reason text,
  proof jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
-- Two at once would undo each other, and their proofs would prove nothing.
create unique index healing_repairs_one_active on healing_repairs (issue_id, fixup) where status in ('waiting', 'requested', 'running');
create index idx_healing_repairs_created on healing_repairs (created_at desc, id desc);
create index idx_healing_repairs_due on healing_repairs (created_at) where status = 'requested';

create table service_restarts (
  id serial primary key,
  service_name varchar(100) not null,
  reason text not null,
  -- Null: it ended by itself. Else who ended it: 'launcher' for one that hung, 'self-healing', or a person.
  initiated_by varchar(50),
  detected_at timestamptz not null,
  ready_at timestamptz,
  duration_ms integer,
  success boolean,
  unique (service_name, detected_at)
);
create index idx_service_restarts_detected on service_restarts (detected_at desc, id desc);

-- What a person stopped on purpose: never started again by the box itself.
create table service_holds (
  service_name varchar(100) primary key,
  held_by varchar(50) not null,
  reason text not null default '',
  held_at timestamptz not null default now()
);

-- Taken by who works on the box as a whole (an update, a backup, a restore). While one is in force nothing is repaired.
-- It ends by itself, so that a holder that died does not keep the box from healing.
create table maintenance_locks (
  name varchar(50) primary key,
  holder varchar(100) not null,
  reason text not null,
  taken_at timestamptz not null default now(),
  until timestamptz not null
);

-- How each check went when it last ran.
create table healing_checks (
  check_id varchar(60) primary key,
  last_run_at timestamptz not null,
  took_ms integer not null,
  found integer not null,
  error text,
  -- Why it does not apply to this machine, such as "no GPU".
  skipped text
);

create table reboot_events (
  id serial primary key,
  reason text not null,
  initiated_by varchar(50),
  boot_before varchar(64) not null,
  boot_after varchar(64),
  pre_state jsonb not null,
  post_state jsonb,
  requested_at timestamptz not null default now(),
  returned_at timestamptz,
  success boolean
);

create table fault_drills (
  id uuid primary key default uuidv7(),
  status varchar(20) not null default 'requested' check (status in ('requested', 'running', 'done', 'failed', 'cancelled')),
  requested_by varchar(50),
  requested_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  error text
);
create unique index fault_drills_one_active on fault_drills ((true)) where status in ('requested', 'running');

create table fault_drill_steps (
  drill_id uuid not null references fault_drills (id) on delete cascade,
  n integer not null,
  fault varchar(60) not null,
  part varchar(100) not null,
  status varchar(20) not null default 'waiting' check (status in ('waiting', 'running', 'passed', 'failed', 'skipped')),
  reason text,
  injected_at timestamptz,
  detected_at timestamptz,
  healed_at timestamptz,
  proven_at timestamptz,
  restored boolean not null default false,
  evidence jsonb not null default '{}',
  primary key (drill_id, n)
);

-- Down Migration
drop table fault_drill_steps, fault_drills, reboot_events, healing_checks, maintenance_locks, service_holds, service_restarts, healing_repairs, healing_issues;
alter table self_healing_events drop column step, drop column issue_id, drop column repair_id, drop column subject, drop column data;
