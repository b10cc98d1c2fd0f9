-- Up Migration
-- Work at the accelerator that is no question: slices of embedding, of two seconds at most. A row is a slice that waits or runs;
-- who asked keeps its lease, so that what a dead process left behind stands in nobody's way.
create table llm_slices (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  -- Null: the box itself, such as for its index.
  user_id integer references admin_users (id) on delete cascade,
  class varchar(20) not null check (class in ('interactive', 'agent', 'background')),
  estimate_ms double precision not null check (estimate_ms >= 0),
  lease_expires_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz
) with (fillfactor = 50);

-- Down Migration
drop table llm_slices;
