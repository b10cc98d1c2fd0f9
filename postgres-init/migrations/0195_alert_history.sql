-- Up Migration

-- What rules saw of everything that is no metric, so that a rule can be tried on the past. A row for each change, at least one an hour while
-- something is heard; a value holds until the next row.
create table alert_signal_history (
  signal varchar(40) not null,
  -- What was looked for, where the signal needs it.
  match varchar(300) not null default '',
  device text not null default '',
  at timestamptz not null,
  value double precision not null,
  primary key (signal, match, device, at)
);
create index idx_alert_signal_history_at on alert_signal_history (at);

-- Down Migration
drop table alert_signal_history;
