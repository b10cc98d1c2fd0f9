-- Up Migration
-- What came in an archive that was deleted goes over to another document with the same content: from then on it is seen by those who may see that one.
create function follow_new_parent_access() returns trigger language plpgsql as $$
begin
  delete from access_grants where document_id = new.id;
  update documents d set folder_id = p.folder_id, owner_id = p.owner_id, inherits = p.inherits from documents p where d.id = new.id and p.id = new.parent_id;
  insert into access_grants (workspace_id, document_id, everyone, group_id, user_id, level, granted_by)
    select g.workspace_id, new.id, g.everyone, g.group_id, g.user_id, g.level, g.granted_by from access_grants g where g.document_id = new.parent_id
    on conflict do nothing;
  return null;
end $$;
create trigger trigger_documents_new_parent after update of parent_id on documents
  for each row when (new.parent_id is not null and old.parent_id is distinct from new.parent_id) execute function follow_new_parent_access();

-- Down Migration
drop trigger trigger_documents_new_parent on documents;
drop function follow_new_parent_access();
