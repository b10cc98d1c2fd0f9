-- Up Migration
-- Bundles that came to the box: sent through the dashboard, or found on a stick.
create table update_bundles (
  id uuid primary key,
  origin varchar(10) not null check (origin in ('upload', 'stick')),
  name varchar(255) not null,
  size_bytes bigint not null check (size_bytes > 0),
  received_bytes bigint not null default 0,
  -- As who sends it says; held against what arrived.
  sha256 varchar(64),
  -- Which stick, and where on it.
  stick_id varchar(200),
  stick_name varchar(200),
  stick_path varchar(500),
  state varchar(12) not null check (state in ('receiving', 'waiting', 'checking', 'ready', 'refused', 'applied', 'gone')),
  -- What it would change, once it was found good.
  plan jsonb,
  refusal varchar(40),
  problem text,
  added_by varchar(50),
  created_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  unique (stick_id, stick_path)
);

-- What is to be done, is being done and was done with them.
create table update_requests (
  id uuid primary key,
  kind varchar(12) not null check (kind in ('check', 'apply', 'roll_back')),
  reason varchar(12) not null check (reason in ('person', 'schedule', 'arrival')),
  bundle_id uuid references update_bundles (id) on delete cascade,
  -- SHA-256 of the release.json whose plan was agreed to.
  agreed varchar(64),
  state varchar(12) not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  phase varchar(20),
  done_bytes bigint not null default 0,
  total_bytes bigint not null default 0,
  error text,
  update_id varchar(40),
  requested_by varchar(50),
  requested_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
-- One switch at a time, whoever asks for it.
create unique index idx_update_requests_one on update_requests ((true)) where kind <> 'check' and state in ('waiting', 'running');
create index idx_update_requests_open on update_requests (requested_at) where state in ('waiting', 'running');

-- Down Migration
drop table update_requests, update_bundles;
