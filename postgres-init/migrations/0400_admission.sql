-- Up Migration

-- Bytes of keys and values for each token of the window, read from the model's file; null while it is not here.
alter table models add column kv_bytes_per_token double precision check (kv_bytes_per_token >= 0);

-- What memory there is where models run, as the model runtime sees it, and which of our models hold some of it.
create table model_memory (
  id boolean primary key default true check (id),
  memory jsonb not null,
  held jsonb not null default '[]',
  measured_at timestamptz not null default now()
);

-- Down Migration
drop table model_memory;
alter table models drop column kv_bytes_per_token;
