-- Up Migration
-- Whose vectors the search compares. Another model's fill up beside them, and take over at once when the golden questions allow it.
create table search_models (
  singleton boolean primary key default true check (singleton),
  serving_model varchar(200) not null,
  -- Its vectors are kept, so that going back takes no time.
  previous_model varchar(200),
  -- Complete, but not let in by the golden questions or sent back by an admin: not tried again by itself.
  refused_model varchar(200),
  -- What the golden questions said last, for people.
  verdict text,
  decided_at timestamptz not null default now()
);
insert into search_models (serving_model)
  select embed_model from documents where embed_model is not null and deleted_at is null group by embed_model order by count(*) desc limit 1;

-- Down Migration
drop table search_models;
