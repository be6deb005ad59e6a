import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { migrate } from '../../src/read-database/migrate.js';

/** How much is to be done, and with which build. */
export type BenchSize = Readonly<{
  /** How long each load lasts. */
  seconds: number;
  /** How long the log of the large measurements is. */
  events: number;
  parts: number;
  /** Movements of the part that has many. */
  movements: number;
  /** The folder of another build, whose server is measured; left out: this one's. */
  build?: string;
  /** Words of which one stands in the name of a scenario that is wanted; left out: all are. */
  words?: readonly string[];
  /** Told of what could not be measured; the others are. */
  failed(name: string, error: unknown): void;
}>;

/** A database of the bench's own, as durable as the product's, and how much to do on it. */
export type BenchPlace = BenchSize &
  Readonly<{
    appUrl: string;
    ownerUrl: string;
    superuserUrl: string;
    /** The process that all others of PostgreSQL are children of. */
    postgresPid: number;
  }>;

export async function withPlace<T>(size: BenchSize, work: (place: BenchPlace) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
  await chmod(folder, 0o711); // root's database server runs as another user, who must get through
  const directory = join(folder, 'data');
  const server = await EmbeddedPostgres.start({ directory });
  try {
    const urls = { appUrl: server.urlFor('app'), ownerUrl: server.urlFor('owner'), superuserUrl: server.urlFor('superuser') };
    // Another build makes its own tables when its server starts.
    if (size.build === undefined) await migrate(urls);
    const postgresPid = Number.parseInt(await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    return await work({ ...size, ...urls, postgresPid });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
