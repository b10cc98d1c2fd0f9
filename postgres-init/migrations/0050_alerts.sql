-- Up Migration

-- A way to reach a person (or, without one, another system): where, from which severity, when not.
create table alert_channels (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  user_id integer references admin_users (id) on delete cascade,
  kind varchar(20) not null check (kind in ('telegram', 'email', 'webhook', 'ntfy', 'gotify', 'dashboard')),
  name varchar(100) not null,
  -- A chat id, an e-mail address, the URL of a hook or a topic.
  address varchar(500) not null default '',
  secret_encrypted text,
  secret_iv text,
  secret_tag text,
  enabled boolean not null default true,
  min_severity varchar(20) not null default 'warning' check (min_severity in ('info', 'warning', 'critical')),
  -- What is told, by its beginning (`incident`, `backup`); null is everything.
  topics text[],
  -- Minutes of the day in `time_zone`; both null: no quiet hours.
  quiet_from smallint check (quiet_from between 0 and 1439),
  quiet_until smallint check (quiet_until between 0 and 1439),
  quiet_lets_critical boolean not null default true,
  time_zone varchar(60) not null default 'UTC',
  language varchar(5) not null default 'en' check (language in ('en', 'de')),
  -- 0 is told at once; 1, 2, ... when nobody before has acknowledged in time.
  escalation_step smallint not null default 0 check (escalation_step between 0 and 9),
  -- Told to wait until then by the channel itself.
  blocked_until timestamptz,
  last_delivered_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((quiet_from is null) = (quiet_until is null)),
  check ((secret_encrypted is null) = (secret_iv is null) and (secret_encrypted is null) = (secret_tag is null))
);
create unique index alert_channels_telegram_key on alert_channels (address) where kind = 'telegram';
create unique index alert_channels_dashboard_key on alert_channels (user_id) where kind = 'dashboard';
create index idx_alert_channels_user on alert_channels (user_id);
create trigger trigger_alert_channels_updated_at before update on alert_channels for each row execute function set_updated_at();

-- What the engine watches. Rules that come with the product carry a key; what a person changed in one stays theirs.
create table alert_rules (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  key varchar(60) unique,
  name varchar(120) not null,
  definition jsonb not null,
  enabled boolean not null default true,
  -- Whether a person changed it, so that a newer release leaves it alone.
  edited boolean not null default false,
  created_by varchar(50),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger trigger_alert_rules_updated_at before update on alert_rules for each row execute function set_updated_at();

-- The engine's memory: timers and open incidents, one document, written with what it decided.
create table alert_engine_state (
  id smallint primary key default 1 check (id = 1),
  state jsonb not null,
  evaluated_at timestamptz not null
);

create table incidents (
  id uuid primary key,
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  -- The cause: a part of the box, with the device where there are several.
  cause varchar(200) not null,
  state varchar(20) not null check (state in ('open', 'acknowledged', 'resolved', 'merged')),
  severity varchar(20) not null check (severity in ('info', 'warning', 'critical')),
  title jsonb not null,
  rule_id uuid references alert_rules (id) on delete set null,
  device varchar(200) not null default '',
  value double precision,
  members jsonb not null default '[]',
  no_data boolean not null default false,
  flapping boolean not null default false,
  -- Whether people were told; one that was silenced or too short was not.
  told boolean not null default false,
  opened_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by varchar(50),
  resolved_at timestamptz,
  healed_by text,
  merged_into uuid,
  updated_at timestamptz not null default now()
);
create index idx_incidents_opened on incidents (opened_at desc, id desc);
create index idx_incidents_open on incidents (opened_at) where state in ('open', 'acknowledged');
create trigger trigger_incidents_updated_at before update on incidents for each row execute function set_updated_at();

-- Everything that happened in an incident, in order.
create table incident_events (
  id bigserial primary key,
  incident_id uuid not null references incidents (id) on delete cascade,
  at timestamptz not null,
  event varchar(30) not null,
  actor varchar(50),
  details jsonb not null default '{}'
);
create index idx_incident_events_incident on incident_events (incident_id, id);

-- Nothing is told of what matches until the time is over. A maintenance window is one that begins later and may repeat.
create table alert_silences (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  kind varchar(20) not null check (kind in ('silence', 'maintenance')),
  -- A cause (`disk:/data`, or `disk` for all of them), a rule's id, or '*'.
  target varchar(200) not null,
  reason varchar(500) not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  repeats varchar(10) check (repeats in ('daily', 'weekly')),
  created_by varchar(50) not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check (ends_at > starts_at)
);
create index idx_alert_silences_ends on alert_silences (ends_at);

-- The outbox: what people are to be told, by whichever part of the product.
create table notifications (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  topic varchar(60) not null,
  severity varchar(20) not null check (severity in ('info', 'warning', 'critical')),
  -- By language; `en` is always there.
  title jsonb not null,
  body jsonb,
  -- A page of the dashboard, such as /incidents/ID.
  link varchar(500),
  -- For one person; null is for everybody who wants it.
  user_id integer references admin_users (id) on delete cascade,
  incident_id uuid references incidents (id) on delete cascade,
  escalation_step smallint not null default 0,
  details jsonb not null default '{}',
  dedupe_key varchar(200) unique,
  created_at timestamptz not null default now(),
  -- When it was handed to the channels.
  spread_at timestamptz
);
create index idx_notifications_unspread on notifications (created_at) where spread_at is null;
create index idx_notifications_created on notifications (created_at desc, id desc);
create index idx_notifications_incident on notifications (incident_id);

create table notification_deliveries (
  id uuid primary key default uuidv7(),
  notification_id uuid not null references notifications (id) on delete cascade,
  channel_id uuid not null references alert_channels (id) on delete cascade,
  status varchar(20) not null default 'pending' check (status in ('pending', 'delivered', 'folded', 'dropped')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  -- What the channel calls the message, to answer to it and to change it.
  message_ref varchar(200),
  error text,
  delivered_at timestamptz,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  unique (notification_id, channel_id)
);
create index idx_notification_deliveries_due on notification_deliveries (due_at) where status = 'pending';
create index idx_notification_deliveries_channel on notification_deliveries (channel_id, created_at desc);

-- The server that e-mail goes through; one row.
create table mail_server (
  id smallint primary key default 1 check (id = 1),
  host varchar(200) not null,
  port integer not null,
  security varchar(10) not null check (security in ('none', 'starttls', 'tls')),
  username varchar(200) not null default '',
  from_address varchar(200) not null,
  secret_encrypted text,
  secret_iv text,
  secret_tag text
);

-- Down Migration
drop table mail_server;
drop table notification_deliveries, notifications, alert_silences, incident_events, incidents, alert_engine_state, alert_rules, alert_channels;
