-- Up Migration
-- Questions whose right place is known, kept by admins: what the search is measured by on this box.
create table golden_questions (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  question text not null,
  -- Null once the document is gone: the question then counts for nothing until another is named.
  document_id uuid references documents (id) on delete set null,
  filename varchar(255) not null,
  -- Null: any page of the document is right.
  page integer check (page >= 1),
  note text not null default '',
  source varchar(20) not null default 'admin' check (source in ('admin', 'feedback')),
  created_by integer references admin_users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_golden_questions_workspace on golden_questions (workspace_id, created_at desc, id desc);
create trigger trigger_golden_questions_updated_at before update on golden_questions for each row execute function set_updated_at();

create table golden_runs (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  -- Why it ran: by hand, after the index changed, another model, every night, as a gate.
  trigger varchar(20) not null check (trigger in ('manual', 'index', 'model', 'nightly', 'gate')),
  embed_model varchar(200),
  questions integer not null,
  found_at_5 integer not null,
  found_at_10 integer not null,
  mean_reciprocal_rank real not null,
  -- Only words could be compared.
  degraded boolean not null default false,
  took_ms integer not null,
  created_at timestamptz not null default now()
);
create index idx_golden_runs_workspace on golden_runs (workspace_id, created_at desc, id desc);

create table golden_results (
  run_id uuid not null references golden_runs (id) on delete cascade,
  question_id uuid not null references golden_questions (id) on delete cascade,
  -- Place of the first right page among distinct pages, 1-based; null when it is not among the first 20.
  rank integer,
  -- What came first instead.
  first_document_id uuid references documents (id) on delete set null,
  first_page integer,
  primary key (run_id, question_id)
);
create index idx_golden_results_question on golden_results (question_id);

-- Down Migration
drop table golden_results, golden_runs, golden_questions;
