import type pg from 'pg';
import { CannotStart } from '../start/cannot-start.js';

export type Setting = 'DATABASE_URL' | 'MIGRATIONS_DATABASE_URL' | 'DATA_DIR';

/** A server has taken the connection and then said nothing for so many seconds. */
export class NoAnswer extends Error {
  constructor(seconds: number) {
    super(`did not answer as PostgreSQL does within ${seconds} s`);
    this.name = 'NoAnswer';
  }
}

type Place = Readonly<{ server: string; user: string; database: string }>;

/** By the code of the system or of PostgreSQL: what is wrong, and what to do. */
const reasons: Readonly<Record<string, (place: Place) => string>> = {
  ECONNREFUSED: ({ server }) => `nothing listens on ${server}. Start PostgreSQL there, or correct the address`,
  ENOTFOUND: ({ server }) => `the name of ${server} is not known. Correct the address`,
  EAI_AGAIN: ({ server }) => `the name of ${server} cannot be looked up. Correct the address, or see to the name server`,
  ETIMEDOUT: ({ server }) => `nobody answers at ${server}. Correct the address, or see to the network`,
  EHOSTUNREACH: ({ server }) => `there is no way to ${server}. Correct the address, or see to the network`,
  ENETUNREACH: ({ server }) => `there is no way to ${server}. Correct the address, or see to the network`,
  ENOENT: ({ server }) => `there is no socket at ${server}. Start PostgreSQL, or correct the address`,
  '28P01': ({ user, server }) => `${server} does not let ${user} in with this password. Correct the name or the password`,
  '28000': ({ user, server }) => `${server} does not let ${user} in. Correct the name, make the role, or let it in (pg_hba.conf)`,
  '3D000': ({ database, server }) => `${server} has no database ${database}. Create it, or correct the address`,
  '42501': ({ user, database }) => `${user} may not connect to the database ${database}. GRANT CONNECT to it, or correct the address`,
  '53300': ({ server }) => `${server} has no connection left. Raise its max_connections, or stop something that uses it`,
  '57P03': ({ server }) => `${server} is just starting or stopping. Start Millwright again when it runs`,
};

/** Why a PostgreSQL server cannot be connected to, in a sentence that names the setting; never the password. */
export function unreachable(error: unknown, setting: Setting, client: pg.Client): CannotStart {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const place = {
    server: client.host.startsWith('/') ? client.host : `${client.host}:${client.port}`,
    user: client.user ?? '',
    database: client.database ?? '',
  };
  const said = error instanceof NoAnswer ? `${message}. Correct the address, or see to that server` : failure(`${code} ${message}`);
  const reason = reasons[code]?.(place) ?? `${place.server} ${said}`;
  return new CannotStart(`${setting}: ${reason}.`, { cause: error });
}

/** What the driver and the network say without a code of their own. */
function failure(said: string): string {
  if (/Connection terminated|ECONNRESET|EPIPE/.test(said))
    return 'hung up: it is no PostgreSQL server, or one that is stopping. Correct the address, or see to that server';
  if (/does not support SSL/.test(said)) return 'speaks no TLS. Switch ssl on there, or leave sslmode out of the address';
  return `cannot be connected to: ${said.trim()}. Correct the address, or see to that server`;
}
