-- Up Migration
-- Where backups go, and when.
create table backup_targets (
  id uuid primary key,
  name varchar(100) not null,
  folder varchar(500) not null unique,
  -- As cron has it, in the box's time zone; null: only when somebody asks.
  schedule varchar(100),
  keep_daily integer not null default 7 check (keep_daily between 1 and 400),
  keep_weekly integer not null default 4 check (keep_weekly between 0 and 400),
  keep_monthly integer not null default 6 check (keep_monthly between 0 and 400),
  -- A backup that nobody ever restored is a hope.
  drill_every_days integer not null default 7 check (drill_every_days between 1 and 365),
  last_due_at timestamptz,
  created_at timestamptz not null default now()
);

-- What lies in the targets, as each list of contents says.
create table backups (
  id varchar(40) primary key,
  target_id uuid not null references backup_targets (id) on delete cascade,
  taken_at timestamptz not null,
  reason varchar(20) not null,
  took_ms integer not null,
  bytes bigint not null,
  new_bytes bigint not null,
  counts jsonb not null,
  missing integer not null default 0,
  opens_with_recovery_key boolean not null,
  verified_at timestamptz,
  verified_ok boolean,
  drilled_at timestamptz,
  drilled_ok boolean,
  drill_ms integer,
  problem text
);
create index idx_backups_target_taken on backups (target_id, taken_at desc);

-- What is to be done, is being done and was done about backups.
create table backup_runs (
  id uuid primary key,
  kind varchar(20) not null check (kind in ('backup', 'verify', 'drill')),
  reason varchar(20) not null check (reason in ('person', 'schedule')),
  target_id uuid not null references backup_targets (id) on delete cascade,
  backup_id varchar(40),
  state varchar(20) not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  attempts integer not null default 0,
  phase varchar(20),
  done_bytes bigint not null default 0,
  total_bytes bigint not null default 0,
  error text,
  summary text,
  requested_by varchar(50),
  cancel_requested_at timestamptz,
  requested_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index idx_backup_runs_open on backup_runs (requested_at) where state in ('waiting', 'running');
-- One of a kind waits for a target at a time, however often it is asked for.
create unique index idx_backup_runs_waiting on backup_runs (target_id, kind) where state = 'waiting';

-- The last backup that was restored and found good; what the alert on a backup's age reads.
create view last_good_backup as
  select id, target_id, taken_at, drilled_at, drill_ms from backups where drilled_ok order by taken_at desc limit 1;

-- Down Migration
drop view last_good_backup;
drop table backup_runs, backups, backup_targets;
