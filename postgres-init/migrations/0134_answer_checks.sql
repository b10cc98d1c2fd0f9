-- Up Migration
-- Numbers of an answer that stand in no passage ([[start, end]]), and what came closest when the documents do not answer.
alter table chat_messages
  add column doubtful_numbers jsonb,
  add column refused boolean not null default false,
  add column nearest jsonb;

-- Whether a question is answered at all: a threshold fitted to the box's own documents, with the errors that it makes on them.
create table abstention_fits (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  -- Why it was fitted: by hand, after the index changed, another model, every night.
  trigger varchar(20) not null check (trigger in ('manual', 'index', 'model', 'nightly')),
  -- Null when only words could be compared: the threshold then holds for such searches.
  embed_model varchar(200),
  threshold real not null,
  -- False while there were too few questions to fit to, and the built-in threshold holds.
  is_fitted boolean not null,
  answerable integer not null,
  unanswerable integer not null,
  -- Of these: answered though the documents do not say it, refused though they do.
  false_answers integer not null,
  false_refusals integer not null,
  -- What other thresholds would do: [{threshold, falseAnswers, falseRefusals}] as shares.
  curve jsonb not null default '[]',
  took_ms integer not null,
  created_at timestamptz not null default now()
);
create index idx_abstention_fits_workspace on abstention_fits (workspace_id, id desc);

-- Down Migration
drop table abstention_fits;
alter table chat_messages drop column doubtful_numbers, drop column refused, drop column nearest;
