import pg from 'pg';

/** Connections of the load generator. A pool says that it has ended before its sockets have, and the server may stop in between: that is nobody's error. */
export function poolOf(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => undefined);
  return pool;
}
