-- Up Migration
-- Answers of which a source says something else today, or is gone. The asker is told once for each cited passage.
create table answer_recalls (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  message_id uuid not null references chat_messages (id) on delete cascade,
  -- As cited; the document may be gone.
  document_id uuid not null,
  filename varchar(255) not null,
  passage_id uuid not null,
  marker integer not null,
  reason varchar(10) not null check (reason in ('changed', 'deleted')),
  created_at timestamptz not null default now(),
  -- The asker has taken note.
  seen_at timestamptz,
  unique (message_id, passage_id, reason)
);
create index idx_answer_recalls_created on answer_recalls (created_at desc, id desc);
-- Which answers cite a document.
create index idx_messages_sources on chat_messages using gin (sources jsonb_path_ops) where sources is not null;
-- Versions that are on their way, and those whose time is over.
create index idx_documents_versions on documents (version_of, valid_until) where version_of is not null;

-- Down Migration
drop index idx_documents_versions, idx_messages_sources;
drop table answer_recalls;
