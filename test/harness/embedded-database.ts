import { EmbeddedPostgres, EmbeddedPostgresError } from '../../src/embedded-postgres/index.js';

/** An embedded database in a process of its own, for specs that kill it: prints how to reach it, and stops when its input ends. */
try {
  const server = await EmbeddedPostgres.start({
    directory: process.argv[2] ?? '.data',
    settings: { fsync: 'off', shared_buffers: '16MB' },
  });
  process.stdout.write(`${server.urlFor('app')}\n`);
  process.stdin.resume().once('end', () => void server.stop().then(() => process.exit(0)));
} catch (error) {
  console.error(error instanceof EmbeddedPostgresError ? error.message : error);
  process.exit(1);
}
