-- Up Migration
-- What models there are, and how far each is. The model runtime writes the facts (from its catalogue and the machine) and the state;
-- the dashboard only asks, through `requested` and a signal.
create table models (
  id varchar(100) primary key,
  purpose varchar(20) not null check (purpose in ('chat', 'embed', 'rerank')),
  name varchar(200) not null,
  description text not null default '',
  licence varchar(100) not null default 'unknown',
  languages text[] not null default '{}',
  size_bytes bigint not null check (size_bytes >= 0),
  memory_bytes bigint not null check (memory_bytes >= 0),
  context_tokens integer not null check (context_tokens > 0),
  recommended boolean not null default false,
  fits boolean not null default true,
  fits_reason text,
  state varchar(20) not null default 'available' check (state in ('available', 'queued', 'downloading', 'verifying', 'ready', 'failed')),
  -- The one model of its purpose that is used. It may be chosen before it is there: it counts once it is ready.
  active boolean not null default false,
  path text,
  source varchar(200),
  revision varchar(100),
  done_bytes bigint not null default 0,
  bytes_per_second bigint,
  eta_ms bigint,
  error_code varchar(50),
  error_message text,
  attempts integer not null default 0,
  retry_at timestamptz,
  requested_at timestamptz,
  updated_at timestamptz not null default now()
);
create unique index models_one_active on models (purpose) where active;
create trigger models_updated_at before update on models for each row execute function set_updated_at();

-- Down Migration
drop table models;
