-- Up Migration
create table update_events (
  id serial primary key,
  version_from varchar(20) not null,
  version_to varchar(20) not null,
  status varchar(20) not null check (status in ('pending', 'in_progress', 'completed', 'failed', 'rolled_back')),
  source varchar(50) not null,
  components_updated jsonb,
  error_message text,
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  duration_seconds integer,
  requires_reboot boolean not null default false,
  initiated_by varchar(50)
);

create table update_backups (
  id serial primary key,
  backup_path varchar(500) not null,
  update_event_id integer references update_events (id),
  created_at timestamptz not null default now(),
  backup_size_mb decimal(10,2),
  components jsonb,
  restoration_tested boolean not null default false,
  notes text
);
create index idx_update_backups_event on update_backups (update_event_id);

create table update_files (
  id serial primary key,
  filename varchar(255) not null,
  file_path varchar(500) not null,
  checksum_sha256 varchar(64) not null,
  file_size_bytes bigint not null,
  source varchar(50),
  uploaded_at timestamptz not null default now(),
  signature_verified boolean not null default false,
  manifest jsonb,
  validation_status varchar(20) not null default 'pending',
  applied boolean not null default false
);

create table update_rollbacks (
  id serial primary key,
  original_update_event_id integer not null references update_events (id),
  backup_id integer references update_backups (id),
  rollback_reason text not null,
  initiated_by varchar(50),
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  success boolean,
  error_message text
);
create index idx_update_rollbacks_event on update_rollbacks (original_update_event_id);

create table component_updates (
  id serial primary key,
  update_event_id integer not null references update_events (id),
  component_name varchar(100) not null,
  component_type varchar(50) not null,
  version_from varchar(20),
  version_to varchar(20),
  status varchar(20) not null,
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  error_message text
);
create index idx_component_updates_event on component_updates (update_event_id);

-- Down Migration
drop table component_updates, update_rollbacks, update_files, update_backups, update_events;
