-- Up Migration
-- What was read of a page, for formats that no browser shows, and what is still to be read from its picture.
create table document_pages (
  document_id uuid not null references documents (id) on delete cascade,
  page integer not null,
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  -- The sheet, the chapter, the slide's title.
  name varchar(200),
  -- Names of the columns, where an earlier page gives them.
  head jsonb,
  blocks jsonb,
  -- A page without usable text waits for its picture to be read (due); then it was (done), held no text (empty) or could not be (failed).
  ocr varchar(10) check (ocr in ('due', 'done', 'empty', 'failed')),
  ocr_attempts integer not null default 0,
  -- 0..1, of the words that were recognised.
  confidence real,
  -- The words of a picture with their places, so that they can be selected: [text, x, y, w, h, confidence].
  words jsonb,
  primary key (document_id, page)
);
create index idx_document_pages_ocr on document_pages (document_id, page) where ocr is not null;
create index idx_document_pages_due on document_pages (document_id, page) where ocr = 'due';

-- 0..1; null for text that was read as text.
alter table document_chunks add column ocr_confidence real;

-- Attachments of mails and files of archives are documents of their own.
alter table documents add column parent_id uuid references documents (id) on delete set null;
alter table documents add column root_id uuid references documents (id) on delete set null;
alter table documents add column archive_path text;
alter table documents add column nesting integer not null default 0;
-- How many of its files were taken out; null where there are none to take.
alter table documents add column attachments_count integer;
alter table documents add column attachments_read integer not null default 0;
-- Sealed, only until the file was read with it.
alter table documents add column sealed_password text;
create index idx_documents_parent on documents (parent_id) where parent_id is not null;
create index idx_documents_root on documents (root_id) where root_id is not null;

-- Down Migration
drop index idx_documents_root, idx_documents_parent;
alter table documents drop column sealed_password, drop column attachments_read, drop column attachments_count, drop column nesting,
  drop column archive_path, drop column root_id, drop column parent_id;
alter table document_chunks drop column ocr_confidence;
drop table document_pages;
