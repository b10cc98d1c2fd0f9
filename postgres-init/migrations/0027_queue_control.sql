-- Up Migration
-- The order that an administrator gave by hand: those with a rank go first, lowest first; all others in the scheduler's own order.
alter table llm_queue add column hand_rank integer;
create index idx_llm_queue_hand on llm_queue (hand_rank) where hand_rank is not null;

-- One row: the state of the line as a whole. While it is paused nothing new is begun; what runs is finished.
create table llm_line (
  id boolean primary key default true check (id),
  paused_at timestamptz,
  paused_by varchar(50),
  pause_reason varchar(200)
);
insert into llm_line default values;

-- How many questions one person may have waiting, where it is not the setting for all.
create table llm_user_limits (
  user_id integer primary key references admin_users (id) on delete cascade,
  max_waiting integer not null check (max_waiting between 0 and 10000),
  updated_by varchar(50),
  updated_at timestamptz not null default now()
);

-- When somebody last followed a job: what is asked for and left alone may be stopped, by a rule of its class.
create table llm_job_presence (
  job_id uuid primary key references llm_jobs (id) on delete cascade,
  seen_at timestamptz not null default now()
) with (fillfactor = 50);

-- The first answer to a request that carried an Idempotency-Key, for those who send it again.
create table idempotency_keys (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  user_id integer not null references admin_users (id) on delete cascade,
  key varchar(255) not null,
  request_hash char(64) not null,
  -- As it was sent, to the letter.
  answer json,
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id, key)
);
create index idx_idempotency_keys_created on idempotency_keys (created_at);

create index idx_llm_jobs_waiting on llm_jobs (user_id) where status = 'pending';

-- Down Migration
drop index idx_llm_jobs_waiting;
drop table idempotency_keys, llm_job_presence, llm_user_limits, llm_line;
drop index idx_llm_queue_hand;
alter table llm_queue drop column hand_rank;
