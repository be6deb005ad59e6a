import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { migrate } from '../../src/read-database/migrate.js';

/** A database of the bench's own, as durable as the product's, and how much to do on it. */
export type BenchPlace = Readonly<{
  appUrl: string;
  ownerUrl: string;
  superuserUrl: string;
  /** How long each load lasts. */
  seconds: number;
  /** How long the log of the large measurements is. */
  events: number;
  parts: number;
}>;

export async function withPlace<T>(
  size: Pick<BenchPlace, 'seconds' | 'events' | 'parts'>,
  work: (place: BenchPlace) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
  await chmod(folder, 0o711); // root's database server runs as another user, who must get through
  const server = await EmbeddedPostgres.start({ directory: join(folder, 'data') });
  try {
    const urls = { appUrl: server.urlFor('app'), ownerUrl: server.urlFor('owner'), superuserUrl: server.urlFor('superuser') };
    await migrate(urls);
    return await work({ ...urls, ...size });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
