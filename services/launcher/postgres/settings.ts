/**
 * The server's settings, written at every start so that an update of Arasul brings its own.
 * `durable: false` gives up safety against power loss, for databases that live as long as a test run.
 */
export function serverSettings({ socketDir, durable }: { socketDir: string; durable: boolean }): string {
  const settings: Record<string, string | number> = {
    listen_addresses: '', // the socket alone: nothing of the database is on the network
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    max_connections: durable ? 60 : 200, // a test run has several products on one server
    // A box of 8 GB also holds a language model; the kernel's cache does the rest.
    shared_buffers: '64MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    effective_cache_size: '1GB',
    random_page_cost: 1.1, // flash, not disks
    // Reading in the server's own processes: the default keeps three workers more, for arrays of disks.
    io_method: 'sync',
    jit: 'off', // compiling costs more than it saves on queries of milliseconds
    max_wal_size: '512MB',
    min_wal_size: '64MB',
    wal_compression: 'on',
    synchronous_commit: 'on',
    idle_in_transaction_session_timeout: '5min', // a lost client must not hold back vacuum for ever
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%a ',
    log_checkpoints: 'off', // every five minutes, for years
    log_min_duration_statement: '2s',
    log_startup_progress_interval: '2s',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'`);
  return [
    '# Written by Arasul at every start. Settings of your own go into custom.conf beside this file.',
    ...lines,
    "include_if_exists = 'custom.conf'",
    '',
  ].join('\n');
}

/** Who may connect: anybody with the password, over the private socket. */
export const HOST_BASED_ACCESS = '# Written by Arasul at every start.\nlocal all all scram-sha-256\n';
