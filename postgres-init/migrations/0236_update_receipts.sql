-- Up Migration
-- When the receipt of what became of it was written onto the stick that the bundle came on.
alter table update_requests add column receipt_at timestamptz;

-- Down Migration
alter table update_requests drop column receipt_at;
