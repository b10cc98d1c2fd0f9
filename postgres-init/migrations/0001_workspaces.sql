-- Up Migration
create table workspaces (
  id uuid primary key default uuidv7(),
  name varchar(100) not null unique,
  created_at timestamptz not null default now()
);
-- The one workspace of a box that was never divided. Its id is fixed so that column defaults can name it.
insert into workspaces (id, name) values ('00000000-0000-7000-8000-000000000001', 'default');

create function set_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;

create table app_settings (
  key varchar(200) primary key,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by varchar(50)
);

-- Down Migration
drop table app_settings;
drop function set_updated_at();
drop table workspaces;
