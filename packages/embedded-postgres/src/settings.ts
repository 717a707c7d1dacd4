/** Command-line settings: they reach old clusters too, and no file has to be edited. Sized for a developer's machine. */
export const serverSettings = (port: number, durable: boolean): string[] => {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_checkpoints: 'off',
    // Nobody replicates from here, and short queries gain nothing from being compiled.
    wal_level: 'minimal',
    max_wal_senders: 0,
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
};
