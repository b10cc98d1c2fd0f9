-- Up Migration
create table chat_conversations (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  user_id integer references admin_users (id) on delete cascade,
  title varchar(255) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  message_count integer not null default 0
);
create index idx_conversations_updated on chat_conversations (updated_at desc);
create index idx_conversations_deleted on chat_conversations (deleted_at);
create index idx_conversations_user on chat_conversations (user_id, updated_at desc, id desc) where deleted_at is null;

create table chat_messages (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  conversation_id uuid not null references chat_conversations (id) on delete cascade,
  role varchar(20) not null check (role in ('user', 'assistant', 'system')),
  content text not null default '',
  thinking text,
  sources jsonb,
  status varchar(20) not null default 'complete' check (status in ('waiting', 'writing', 'complete', 'stopped', 'failed')),
  grounded boolean,
  unsupported jsonb,
  answered_by varchar(20),
  model varchar(200),
  timings jsonb,
  error jsonb,
  created_at timestamptz not null default now()
);
create index idx_messages_conversation on chat_messages (conversation_id, created_at);

-- message_count follows the rows under concurrent writers: the update takes the conversation's row lock.
create function update_message_count() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update chat_conversations set message_count = message_count + 1, updated_at = now() where id = new.conversation_id;
  else
    update chat_conversations set message_count = message_count - 1 where id = old.conversation_id;
  end if;
  return null;
end $$;
create trigger update_message_count after insert or delete on chat_messages for each row execute function update_message_count();

-- Down Migration
drop table chat_messages, chat_conversations;
drop function update_message_count();
