-- Up Migration

-- Who holds a delivery now, so that two workers never send the same; and what the message shows, so that it is edited when that changes.
alter table notification_deliveries add column leased_until timestamptz;
alter table notification_deliveries add column shown varchar(64);
-- Folded into this one, which told of it in a line.
alter table notification_deliveries add column folded_into uuid references notification_deliveries (id) on delete set null;
create index idx_notification_deliveries_created on notification_deliveries (created_at desc, id desc);
create index idx_notification_deliveries_unread on notification_deliveries (channel_id) where read_at is null;

-- Down Migration
drop index idx_notification_deliveries_unread, idx_notification_deliveries_created;
alter table notification_deliveries drop column folded_into, drop column shown, drop column leased_until;
