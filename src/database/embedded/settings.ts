/**
 * What we set in the server, as lines of `postgresql.conf`. Written again at each start; `ALTER SYSTEM` wins over it.
 */
export function serverSettings(port: number): string {
  const settings: Readonly<Record<string, string>> = {
    // Reached from this machine only, by password; no socket file, whose path may not exceed 107 bytes.
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    // Several processes of ours, each with the pools of Prisma and BullMQ, beside a reporting tool.
    max_connections: "200",
    // A laptop or a small container: the mirror of a large account is a few gigabytes at most.
    shared_buffers: "64MB",
    effective_cache_size: "512MB",
    max_wal_size: "512MB",
    // Compiling costs more than it brings for pages of 50 rows.
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    // Statements and details of errors hold values, which may be personal data.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_parameter_max_length_on_error: "0",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  return ["# Written by applicant-sync at each start. Use ALTER SYSTEM to change a setting.", ...lines, ""].join("\n");
}
