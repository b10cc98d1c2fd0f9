-- Up Migration
create table admin_users (
  id serial primary key,
  uid uuid not null default uuidv7() unique,
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  username varchar(50) not null,
  password_hash varchar(255) not null,
  email varchar(255),
  role varchar(20) not null default 'user' check (role in ('viewer', 'user', 'admin', 'owner')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_login timestamptz,
  login_attempts integer not null default 0,
  lock_count integer not null default 0,
  locked_until timestamptz,
  is_active boolean not null default true,
  must_change_password boolean not null default false,
  totp_secret_encrypted text,
  totp_enabled boolean not null default false,
  totp_last_step bigint
);
create unique index admin_users_username_key on admin_users (lower(username));
create trigger trigger_admin_users_updated_at before update on admin_users for each row execute function set_updated_at();

-- Every process remembers who people are. Whoever changes an account, by whatever way, makes them all look again
-- (packages/db/notifier.ts reads this; the channel is user.changed). Counting a wrong password changes nothing that is remembered.
create function notify_user_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('arasul', json_build_object('c', 'user.changed', 'p', json_build_object('userId', old.id))::text);
  return null;
end $$;
create trigger trigger_admin_users_changed after update of username, email, role, is_active, must_change_password, totp_enabled, locked_until, last_login
  on admin_users for each row execute function notify_user_changed();
create trigger trigger_admin_users_removed after delete on admin_users for each row execute function notify_user_changed();

create table token_blacklist (
  id serial primary key,
  token_jti varchar(255) not null unique,
  user_id integer references admin_users (id) on delete set null,
  blacklisted_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index idx_token_blacklist_expires on token_blacklist (expires_at);

create table login_attempts (
  id serial primary key,
  username varchar(50) not null,
  ip_address inet,
  success boolean not null,
  attempted_at timestamptz not null default now(),
  user_agent text,
  reason varchar(50)
);
create index idx_login_attempts_username on login_attempts (username, attempted_at desc);

create table active_sessions (
  id serial primary key,
  user_id integer not null references admin_users (id) on delete cascade,
  session_id uuid not null default uuidv7() unique,
  token_jti varchar(255) not null unique,
  ip_address inet,
  user_agent text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_activity timestamptz not null default now()
);
create index idx_active_sessions_user on active_sessions (user_id);

create table password_history (
  id serial primary key,
  user_id integer not null references admin_users (id) on delete cascade,
  password_hash varchar(255) not null,
  changed_at timestamptz not null default now(),
  changed_by varchar(50),
  ip_address inet
);
create index idx_password_history_user on password_history (user_id, changed_at desc);

create table api_keys (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  user_id integer not null references admin_users (id) on delete cascade,
  name varchar(100) not null,
  prefix varchar(20) not null,
  key_hash varchar(64) not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index idx_api_keys_user on api_keys (user_id);

create table audit_log (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  at timestamptz not null default now(),
  actor varchar(50),
  action varchar(100) not null,
  subject varchar(255),
  ip_address inet,
  details jsonb
);
create index idx_audit_log_at on audit_log (at desc, id desc);
create index idx_audit_log_action on audit_log (action, at desc);

-- Down Migration
drop table audit_log, api_keys, password_history, active_sessions, login_attempts, token_blacklist, admin_users;
drop function notify_user_changed();
