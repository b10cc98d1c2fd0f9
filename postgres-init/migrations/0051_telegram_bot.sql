-- Up Migration

-- What the bot must remember: who it is, and the last update that was dealt with.
create table telegram_state (
  id smallint primary key default 1 check (id = 1),
  bot_id bigint,
  bot_username varchar(100),
  update_offset bigint not null default 0,
  last_error text,
  last_contact_at timestamptz,
  public_url varchar(500),
  strangers bigint not null default 0
);
insert into telegram_state default values;

-- A code that is shown once in the dashboard and typed once in Telegram.
create table telegram_pairings (
  id uuid primary key default uuidv7(),
  user_id integer not null references admin_users (id) on delete cascade,
  code_hash varchar(64) not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Updates whose work is done, so that one which comes twice does nothing twice.
create table telegram_updates (
  update_key varchar(100) primary key,
  handled_at timestamptz not null default now()
);
create index idx_telegram_updates_handled on telegram_updates (handled_at);

-- A question that was asked in a chat, and the message that its answer is written into.
create table telegram_asks (
  job_id uuid primary key references llm_jobs (id) on delete cascade,
  chat_id bigint not null,
  conversation_id uuid not null references chat_conversations (id) on delete cascade,
  message_id bigint,
  finished boolean not null default false,
  created_at timestamptz not null default now()
);
create index idx_telegram_asks_open on telegram_asks (created_at) where not finished;

-- Down Migration
drop table telegram_asks, telegram_updates, telegram_pairings, telegram_state;
