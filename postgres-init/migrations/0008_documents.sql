-- Up Migration
create table documents (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  owner_id integer references admin_users (id) on delete set null,
  filename varchar(255) not null,
  original_name varchar(255) not null,
  mime_type varchar(100) not null,
  size_bytes bigint not null,
  sha256 char(64) not null,
  minio_path varchar(500) not null,
  status varchar(20) not null default 'pending' check (status in ('pending', 'indexing', 'indexed', 'failed')),
  stage varchar(20) not null default 'queued',
  progress real not null default 0,
  -- What is left of this document alone, when it was last measured; waiting for others comes on top.
  remaining_ms bigint,
  page_count integer not null default 0,
  pages_read integer not null default 0,
  chunk_count integer not null default 0,
  embedded_count integer not null default 0,
  -- The model whose vectors are complete; another active model makes the document due again.
  embed_model varchar(200),
  language varchar(10),
  duplicate_of uuid references documents (id) on delete set null,
  -- Rises with every retry: a run of an older version stops by itself.
  version integer not null default 1,
  -- Starts since the last page that was stored; guards against a document that takes the service down each time.
  attempts integer not null default 0,
  error_code varchar(50),
  error_message text,
  error_page integer,
  warnings jsonb not null default '[]',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  indexed_at timestamptz
);
create index idx_documents_status on documents (status);
create index idx_documents_created on documents (created_at desc, id desc);
create index idx_documents_sha256 on documents (sha256);
create index idx_documents_duplicate on documents (duplicate_of) where duplicate_of is not null;
create index idx_documents_unfinished on documents (created_at) where status in ('pending', 'indexing') or deleted_at is not null;
create trigger trigger_documents_updated_at before update on documents for each row execute function set_updated_at();

create table document_chunks (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default '00000000-0000-7000-8000-000000000001' references workspaces (id),
  document_id uuid not null references documents (id) on delete cascade,
  chunk_index integer not null,
  content text not null,
  embedding_id varchar(100),
  page integer not null default 1,
  page_end integer not null default 1,
  heading text,
  context_header text not null default '',
  boxes jsonb not null default '[]',
  content_hash char(64) not null,
  language varchar(10),
  created_at timestamptz not null default now(),
  unique (document_id, chunk_index)
);
create index idx_chunks_document on document_chunks (document_id);
-- A passage that was embedded before, in whichever document, is not embedded again.
create index idx_chunks_content_hash on document_chunks (content_hash);

-- Little-endian float32, normalised. One vector per passage and model, so that a second model can fill up beside the first.
create table document_embeddings (
  chunk_id uuid not null references document_chunks (id) on delete cascade,
  model varchar(200) not null,
  vector bytea not null,
  created_at timestamptz not null default now(),
  primary key (chunk_id, model)
);
alter table document_embeddings alter column vector set storage plain;

-- What indexing costs on this box, measured: an exponentially weighted mean for each kind of work.
create table document_rates (
  kind varchar(250) primary key,
  ms_per_unit double precision not null,
  measured_at timestamptz not null default now()
);

-- Down Migration
drop table document_rates, document_embeddings, document_chunks, documents;
