-- Up Migration
create table llm_jobs (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  user_id integer references admin_users (id) on delete cascade,
  conversation_id uuid references chat_conversations (id) on delete cascade,
  message_id uuid references chat_messages (id) on delete set null,
  kind varchar(20) not null default 'chat',
  status varchar(20) not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  prompt text not null,
  params jsonb not null default '{}',
  response text,
  -- Citations and why the model ended, for a job that has no message.
  result jsonb,
  error text,
  error_code varchar(50),
  model varchar(200),
  attempts integer not null default 0,
  -- A worker may write only while its fence is the row's: a revived one that lost its lease writes nothing.
  fence integer not null default 0,
  lease_holder varchar(100),
  lease_expires_at timestamptz,
  cancel_requested_at timestamptz,
  prompt_tokens integer,
  completion_tokens integer,
  timings jsonb,
  -- Number of the newest event; rises under the row's lock, so that numbers follow the order of commits.
  last_seq integer not null default 0,
  events_compacted boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index idx_llm_jobs_status on llm_jobs (status, created_at);
create index idx_llm_jobs_conversation on llm_jobs (conversation_id, created_at);
create index idx_llm_jobs_message on llm_jobs (message_id);
create index idx_llm_jobs_user on llm_jobs (user_id, created_at desc, id desc);
create index idx_llm_jobs_lease on llm_jobs (lease_expires_at) where status = 'processing';
create index idx_llm_jobs_uncompacted on llm_jobs (finished_at) where finished_at is not null and not events_compacted;
create trigger trigger_llm_jobs_updated_at before update on llm_jobs for each row execute function set_updated_at();

create table llm_queue (
  id serial primary key,
  job_id uuid not null unique references llm_jobs (id) on delete cascade,
  priority integer not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz
);
create index idx_llm_queue_order on llm_queue (priority desc, id) where started_at is null;

-- The numbered events of a job's stream. `seq` rises strictly within a job, with gaps. Once the job is final, each run of
-- token rows becomes one row at the run's last number.
create table llm_job_events (
  job_id uuid not null references llm_jobs (id) on delete cascade,
  seq integer not null,
  event varchar(20) not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  primary key (job_id, seq)
);

-- What answering costs, measured: exponentially weighted means and variances for each model. '' stands for answers without one.
create table llm_rates (
  model varchar(200) primary key,
  samples integer not null,
  service_ms double precision not null,
  service_ms_variance double precision not null,
  first_token_ms double precision not null,
  first_token_ms_variance double precision not null,
  prefill_ms_per_token double precision,
  decode_ms_per_token double precision,
  answer_tokens double precision,
  updated_at timestamptz not null default now()
);

-- Down Migration
drop table llm_rates, llm_job_events, llm_queue, llm_jobs;
