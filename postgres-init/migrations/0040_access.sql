-- Up Migration
create table user_groups (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  name varchar(100) not null,
  created_at timestamptz not null default now()
);
create unique index user_groups_name_key on user_groups (workspace_id, lower(name));

create table user_group_members (
  group_id uuid not null references user_groups (id) on delete cascade,
  user_id integer not null references admin_users (id) on delete cascade,
  added_at timestamptz not null default now(),
  primary key (group_id, user_id)
);
create index idx_user_group_members_user on user_group_members (user_id);

-- A tree with two kinds of roots: the one that a workspace shares, and one for each person alone.
create table folders (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  parent_id uuid references folders (id),
  kind varchar(10) not null default 'folder' check (kind in ('shared', 'private', 'folder')),
  name varchar(255) not null,
  owner_id integer references admin_users (id) on delete set null,
  -- Whoever is let into the parent is let in here, too.
  inherits boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((kind = 'folder') = (parent_id is not null))
);
create unique index folders_name_key on folders (parent_id, lower(name));
create unique index folders_shared_key on folders (workspace_id) where kind = 'shared';
create unique index folders_private_key on folders (owner_id) where kind = 'private';
create index idx_folders_owner on folders (owner_id);
create trigger trigger_folders_updated_at before update on folders for each row execute function set_updated_at();

alter table documents
  add column folder_id uuid references folders (id),
  add column inherits boolean not null default true,
  -- Time travel: the document is what it says from valid_from on, until valid_until. A version that is not ready has no beginning.
  add column valid_from timestamptz default now(),
  add column valid_until timestamptz,
  -- An earlier version of that document, kept for questions as of a date.
  add column version_of uuid references documents (id) on delete cascade,
  add column revision integer not null default 1;

-- Who is let into a folder or a document: everybody of the workspace, a group or a person.
create table access_grants (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  folder_id uuid references folders (id) on delete cascade,
  document_id uuid references documents (id) on delete cascade,
  everyone boolean not null default false,
  group_id uuid references user_groups (id) on delete cascade,
  user_id integer references admin_users (id) on delete cascade,
  level varchar(5) not null check (level in ('read', 'write')),
  granted_by varchar(50),
  created_at timestamptz not null default now(),
  check (num_nonnulls(folder_id, document_id) = 1),
  check (everyone::integer + num_nonnulls(group_id, user_id) = 1),
  unique nulls not distinct (folder_id, document_id, everyone, group_id, user_id)
);
create index idx_access_grants_folder on access_grants (folder_id) where folder_id is not null;
create index idx_access_grants_document on access_grants (document_id) where document_id is not null;

-- The grants that count for a person: their own, their groups', and those for everybody of the workspace.
create function grants_of(reader_workspace uuid, reader integer, wanted text) returns setof access_grants language sql stable as $$
  select * from access_grants g
  where g.workspace_id = reader_workspace and (wanted = 'read' or g.level = wanted)
    and (g.everyone or g.user_id = reader or g.group_id in (select m.group_id from user_group_members m where m.user_id = reader))
$$;

-- The folders that a person may read (or write): their own and those granted, and what inherits from these.
create function open_folders(reader_workspace uuid, reader integer, wanted text) returns setof uuid language sql stable as $$
  with recursive reached as (
    select f.id from folders f
    where f.workspace_id = reader_workspace
      and (f.owner_id = reader or f.id in (select g.folder_id from grants_of(reader_workspace, reader, wanted) g where g.folder_id is not null))
    union
    select child.id from folders child join reached on child.parent_id = reached.id where child.inherits
  )
  select id from reached
$$;

create function open_documents(reader_workspace uuid, reader integer, wanted text) returns setof uuid language sql stable as $$
  select g.document_id from grants_of(reader_workspace, reader, wanted) g where g.document_id is not null
$$;

create function make_shared_folder() returns trigger language plpgsql as $$
declare made uuid;
begin
  insert into folders (workspace_id, kind, name) values (new.id, 'shared', 'Shared') on conflict do nothing returning id into made;
  if made is not null then
    insert into access_grants (workspace_id, folder_id, everyone, level) values (new.id, made, true, 'read');
  end if;
  return null;
end $$;
create trigger trigger_workspaces_shared_folder after insert on workspaces for each row execute function make_shared_folder();

create function make_private_folder() returns trigger language plpgsql as $$
begin
  insert into folders (workspace_id, kind, name, owner_id) values (new.workspace_id, 'private', 'Private', new.id) on conflict do nothing;
  return null;
end $$;
create trigger trigger_admin_users_private_folder after insert on admin_users for each row execute function make_private_folder();

insert into folders (workspace_id, kind, name) select id, 'shared', 'Shared' from workspaces;
insert into access_grants (workspace_id, folder_id, everyone, level) select workspace_id, id, true, 'read' from folders where kind = 'shared';
insert into folders (workspace_id, kind, name, owner_id) select workspace_id, 'private', 'Private', id from admin_users;
update documents d set folder_id = f.id, valid_from = d.created_at from folders f where f.workspace_id = d.workspace_id and f.kind = 'shared';

-- A document that is put nowhere is in the workspace's shared folder; an older release knows no folders.
create function place_document() returns trigger language plpgsql as $$
begin
  if new.folder_id is null then
    select id into new.folder_id from folders where workspace_id = new.workspace_id and kind = 'shared';
  end if;
  return new;
end $$;
create trigger trigger_documents_place before insert or update of folder_id on documents for each row execute function place_document();
create index idx_documents_folder on documents (folder_id);
create index idx_documents_owner on documents (owner_id);
create index idx_documents_version_of on documents (version_of) where version_of is not null;

-- Whoever changes who may see what, by whatever way, tells all processes at once (channel access.changed); where a document
-- stands is remembered by the search index (channel documents.changed).
create function notify_access_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('arasul', '{"c":"access.changed","p":{}}');
  return null;
end $$;
create trigger trigger_access_grants_changed after insert or update or delete on access_grants for each statement execute function notify_access_changed();
create trigger trigger_user_group_members_changed after insert or update or delete on user_group_members for each statement execute function notify_access_changed();
create trigger trigger_folders_changed after update of parent_id, owner_id, inherits on folders for each statement execute function notify_access_changed();

create function notify_document_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('arasul', '{"c":"access.changed","p":{}}');
  perform pg_notify('arasul', json_build_object('c', 'documents.changed', 'p', json_build_object('documentId', coalesce(new.duplicate_of, new.id)))::text);
  -- Earlier versions stand where their document stands.
  update documents set folder_id = new.folder_id, owner_id = new.owner_id, inherits = new.inherits
    where version_of = new.id and (folder_id, owner_id, inherits) is distinct from (new.folder_id, new.owner_id, new.inherits);
  return null;
end $$;
create trigger trigger_documents_moved after update of folder_id, owner_id, inherits, valid_from, valid_until on documents
  for each row when ((old.folder_id, old.owner_id, old.inherits, old.valid_from, old.valid_until) is distinct from (new.folder_id, new.owner_id, new.inherits, new.valid_from, new.valid_until))
  execute function notify_document_moved();

-- Down Migration
drop trigger trigger_documents_moved on documents;
drop trigger trigger_documents_place on documents;
drop trigger trigger_workspaces_shared_folder on workspaces;
drop trigger trigger_admin_users_private_folder on admin_users;
alter table documents drop column folder_id, drop column inherits, drop column valid_from, drop column valid_until, drop column version_of, drop column revision;
drop function open_documents(uuid, integer, text), open_folders(uuid, integer, text), grants_of(uuid, integer, text);
drop table access_grants, folders, user_group_members, user_groups;
drop function make_shared_folder(), make_private_folder(), place_document(), notify_access_changed(), notify_document_moved();
