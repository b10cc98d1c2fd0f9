-- Up Migration
-- What its reader said of an answer. Admins see the question, the reason and what was cited, to make golden questions of them.
create table answer_feedback (
  message_id uuid primary key references chat_messages (id) on delete cascade,
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  user_id integer not null references admin_users (id) on delete cascade,
  verdict varchar(10) not null check (verdict in ('up', 'down')),
  reason varchar(40),
  comment text not null default '',
  -- As it was asked; with the pages that the answer cited, best borne first: [{documentId, page}].
  question text not null,
  cited jsonb not null default '[]',
  -- What an admin made of it: a golden question, or nothing.
  handled_at timestamptz,
  golden_question_id uuid references golden_questions (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_answer_feedback_open on answer_feedback (workspace_id, created_at desc, message_id desc) where handled_at is null;
create trigger trigger_answer_feedback_updated_at before update on answer_feedback for each row execute function set_updated_at();

-- Down Migration
drop table answer_feedback;
