-- Up Migration
-- What came in an archive or e-mail is seen by those who may see that: it stands where its parent stands, and has its grants, now and after every change.
create function follow_parent_access() returns trigger language plpgsql as $$
begin
  insert into access_grants (workspace_id, document_id, everyone, group_id, user_id, level, granted_by)
    select g.workspace_id, new.id, g.everyone, g.group_id, g.user_id, g.level, g.granted_by from access_grants g where g.document_id = new.parent_id
    on conflict do nothing;
  return null;
end $$;
create trigger trigger_documents_parent_access after insert on documents for each row when (new.parent_id is not null) execute function follow_parent_access();

create function pass_place_to_attachments() returns trigger language plpgsql as $$
begin
  update documents set folder_id = new.folder_id, owner_id = new.owner_id, inherits = new.inherits
    where parent_id = new.id and (folder_id, owner_id, inherits) is distinct from (new.folder_id, new.owner_id, new.inherits);
  return null;
end $$;
create trigger trigger_documents_attachments after update of folder_id, owner_id, inherits on documents
  for each row when ((old.folder_id, old.owner_id, old.inherits) is distinct from (new.folder_id, new.owner_id, new.inherits))
  execute function pass_place_to_attachments();

create function pass_grant_to_attachments() returns trigger language plpgsql as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    delete from access_grants g using documents d
      where d.parent_id = old.document_id and g.document_id = d.id
        and (g.everyone, g.group_id, g.user_id) is not distinct from (old.everyone, old.group_id, old.user_id);
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    insert into access_grants (workspace_id, document_id, everyone, group_id, user_id, level, granted_by)
      select d.workspace_id, d.id, new.everyone, new.group_id, new.user_id, new.level, new.granted_by from documents d where d.parent_id = new.document_id
      on conflict (folder_id, document_id, everyone, group_id, user_id) do update set level = excluded.level, granted_by = excluded.granted_by;
  end if;
  return null;
end $$;
create trigger trigger_access_grants_attachments after insert or update or delete on access_grants for each row execute function pass_grant_to_attachments();

-- Down Migration
drop trigger trigger_access_grants_attachments on access_grants;
drop trigger trigger_documents_attachments on documents;
drop trigger trigger_documents_parent_access on documents;
drop function pass_grant_to_attachments(), pass_place_to_attachments(), follow_parent_access();
