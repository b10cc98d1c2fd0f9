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
  error text,
  error_code varchar(50),
  model varchar(200),
  attempts integer not null default 0,
  -- A worker may write only while its fence is the row's: a revived one that lost its lease writes nothing.
  fence integer not null default 0,
  lease_expires_at timestamptz,
  cancel_requested_at timestamptz,
  prompt_tokens integer,
  completion_tokens integer,
  timings jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index idx_llm_jobs_status on llm_jobs (status, created_at);
create index idx_llm_jobs_conversation on llm_jobs (conversation_id, created_at);
create index idx_llm_jobs_message on llm_jobs (message_id);
create trigger trigger_llm_jobs_updated_at before update on llm_jobs for each row execute function set_updated_at();

create table llm_queue (
  id serial primary key,
  job_id uuid not null unique references llm_jobs (id) on delete cascade,
  priority integer not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz
);
create index idx_llm_queue_order on llm_queue (priority desc, id) where started_at is null;

-- The numbered events of a job's stream. `seq` rises strictly within a job; token rows go when the message is stored.
create table llm_job_events (
  job_id uuid not null references llm_jobs (id) on delete cascade,
  seq integer not null,
  event varchar(20) not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  primary key (job_id, seq)
);

-- Down Migration
drop table llm_job_events, llm_queue, llm_jobs;
