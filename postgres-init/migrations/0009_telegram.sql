-- Up Migration
create table telegram_config (
  id integer primary key default 1 check (id = 1),
  bot_token_encrypted text,
  bot_token_iv text,
  bot_token_tag text,
  chat_id varchar(50),
  enabled boolean not null default false,
  alert_thresholds jsonb not null default '{
    "cpu_warning": 80, "cpu_critical": 95,
    "ram_warning": 80, "ram_critical": 95,
    "disk_warning": 80, "disk_critical": 95,
    "gpu_warning": 85, "gpu_critical": 95,
    "temperature_warning": 75, "temperature_critical": 85,
    "notify_on_warning": false, "notify_on_critical": true,
    "notify_on_service_down": true, "notify_on_self_healing": true,
    "cooldown_minutes": 15
  }',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_telegram_config_enabled on telegram_config (enabled);
create trigger trigger_telegram_config_updated_at before update on telegram_config for each row execute function set_updated_at();

-- Down Migration
drop table telegram_config;
