-- Up Migration
-- Which job is next is decided by `packages/scheduler` from these rows. Whoever decides locks the one row of `llm_scheduler`;
-- `version` rises with each decision, so that another worker's memory of the line shows its age.
create table llm_scheduler (
  id boolean primary key default true check (id),
  version bigint not null default 0,
  -- What each has had, and what is loaded; null until the first decision.
  standing jsonb,
  -- What decisions and estimates are made with: slots, floors, the time that loading takes.
  config jsonb
);
insert into llm_scheduler default values;

-- A job's ticket as it was told last. Times are from `told_at`.
alter table llm_queue
  add column place integer,
  add column switches integer,
  add column eta_ms bigint,
  add column eta_p90_ms bigint,
  add column worst_ms bigint,
  add column told_at timestamptz,
  -- The worst wait, stated when it came.
  add column begin_by timestamptz,
  -- What it was estimated to take when it began.
  add column charged_ms double precision,
  set (fillfactor = 70);

-- Twice the weight is twice the share; 1 where there is no row.
create table llm_weights (
  user_id integer primary key references admin_users (id) on delete cascade,
  weight double precision not null check (weight between 0.1 and 100),
  updated_by varchar(50),
  updated_at timestamptz not null default now()
);

-- Who held the accelerator for how long: answers, and slices of other work.
create table llm_usage (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  user_id integer references admin_users (id) on delete set null,
  job_id uuid,
  class varchar(20) not null check (class in ('interactive', 'agent', 'background')),
  model varchar(200),
  used_ms double precision not null check (used_ms >= 0),
  load_ms double precision not null default 0 check (load_ms >= 0),
  waited_ms double precision not null default 0,
  weight double precision not null default 1,
  ended_at timestamptz not null default clock_timestamp()
);
create index idx_llm_usage_ended on llm_usage (ended_at);
create index idx_llm_usage_job on llm_usage (job_id) where job_id is not null;

-- What a ticket said first, beside what happened.
create table llm_predictions (
  job_id uuid primary key references llm_jobs (id) on delete cascade,
  model varchar(200),
  bucket varchar(20) not null,
  place integer not null,
  switches integer not null default 0,
  -- Before and after correction.
  raw_ms bigint not null,
  eta_ms bigint not null,
  eta_p90_ms bigint not null,
  worst_ms bigint,
  predicted_at timestamptz not null default clock_timestamp(),
  -- Until the first word; null while it is not known, and for what never had one.
  waited_ms bigint,
  finished_at timestamptz
);
create index idx_llm_predictions_finished on llm_predictions (finished_at desc) where waited_ms is not null;

-- Logarithms of waited / raw of the newest predictions: what estimates are corrected by.
create table llm_calibration (
  bucket varchar(20) primary key,
  ratios double precision[] not null default '{}',
  updated_at timestamptz not null default now()
);

-- What answering costs, by model and kind of work; `user_id` 0 is everybody.
create table llm_costs (
  model varchar(200) not null,
  kind varchar(20) not null,
  user_id integer not null default 0,
  samples integer not null,
  known_tokens double precision not null,
  fresh_tokens double precision not null,
  answer_tokens double precision not null,
  overhead_ms double precision not null,
  prefill_ms_per_token double precision not null,
  decode_ms_per_token double precision not null,
  updated_at timestamptz not null default now(),
  primary key (model, kind, user_id)
);

-- Down Migration
drop table llm_costs, llm_calibration, llm_predictions, llm_usage, llm_weights;
alter table llm_queue drop column place, drop column switches, drop column eta_ms, drop column eta_p90_ms, drop column worst_ms, drop column told_at, drop column begin_by, drop column charged_ms,
  reset (fillfactor);
drop table llm_scheduler;
