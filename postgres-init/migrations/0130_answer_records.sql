-- Up Migration
-- What an answer was made from, as it was then: documents may change and go, the record does not. Goes with its message.
create table answer_records (
  message_id uuid primary key references chat_messages (id) on delete cascade,
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  record jsonb not null,
  created_at timestamptz not null default now()
);

-- Down Migration
drop table answer_records;
