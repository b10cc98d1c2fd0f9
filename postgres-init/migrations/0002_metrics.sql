-- Up Migration
create table metrics_cpu (
  "timestamp" timestamptz not null,
  value decimal(5,2) not null,
  primary key ("timestamp")
) partition by range ("timestamp");

create table metrics_ram (
  "timestamp" timestamptz not null,
  value decimal(5,2) not null,
  used bigint,
  total bigint,
  primary key ("timestamp")
) partition by range ("timestamp");

create table metrics_gpu (
  "timestamp" timestamptz not null,
  device varchar(100) not null default 'gpu0',
  value decimal(5,2) not null,
  memory_used bigint,
  memory_total bigint,
  power_watts decimal(7,2),
  primary key ("timestamp", device)
) partition by range ("timestamp");

create table metrics_temperature (
  "timestamp" timestamptz not null,
  sensor varchar(100) not null default 'cpu',
  value decimal(5,2) not null,
  primary key ("timestamp", sensor)
) partition by range ("timestamp");

create table metrics_disk (
  "timestamp" timestamptz not null,
  mount varchar(200) not null default '/',
  used bigint not null,
  free bigint not null,
  percent decimal(5,2) not null,
  primary key ("timestamp", mount)
) partition by range ("timestamp");

create table metrics_rollup (
  metric varchar(20) not null,
  device varchar(200) not null default '',
  resolution_s integer not null,
  bucket timestamptz not null,
  min real not null,
  mean real not null,
  max real not null,
  samples integer not null,
  primary key (metric, resolution_s, device, bucket)
);

-- Down Migration
drop table metrics_rollup, metrics_disk, metrics_temperature, metrics_gpu, metrics_ram, metrics_cpu;
