-- Up Migration

-- What the box keeps for itself: its own small document, which belongs to nobody and is found by no person's search.
insert into workspaces (id, name) values ('00000000-0000-7000-8000-000000000002', 'box');

-- The known question that was asked, and what came of it.
create table canary_runs (
  id uuid primary key default uuidv7(),
  -- Why it was asked: 'schedule', 'repair', 'drill', 'update', 'restore', 'person'.
  occasion varchar(20) not null,
  ok boolean not null,
  question text not null,
  expected text not null,
  cited text,
  page integer,
  took_ms integer not null,
  -- 'model' or 'passages': without a chat model the passages are quoted, which is the box's whole path as far as it has one.
  answered_by varchar(20),
  reason text,
  job_id uuid,
  asked_at timestamptz not null default now()
);
create index idx_canary_runs_asked on canary_runs (asked_at desc, id desc);

-- Down Migration
drop table canary_runs;
delete from documents where workspace_id = '00000000-0000-7000-8000-000000000002';
delete from llm_jobs where workspace_id = '00000000-0000-7000-8000-000000000002';
delete from workspaces where id = '00000000-0000-7000-8000-000000000002';
