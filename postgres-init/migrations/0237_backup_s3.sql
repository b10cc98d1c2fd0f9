-- Up Migration
-- A target may be a bucket: its address stands in `folder`; its keys are sealed with the box's master key, as one text.
alter table backup_targets add column s3_keys text;

-- Down Migration
alter table backup_targets drop column s3_keys;
