import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Rejection } from '#millwright/event-sourcing';
import { keyForm, start, style } from './playground-key.js';

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
};

/** A place to try GraphQL at /graphiql, every file from its package and none from elsewhere. Not served in production. */
export async function servePlayground(server: FastifyInstance): Promise<void> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('altair-static/package.json')), 'build/dist');
  const files = await filesIn(folder);
  const page = (await readFile(join(folder, 'index.html'), 'utf8'))
    .replace('<base href="/" />', '<base href="/graphiql/" />')
    .replace('</head>', '<link href="key.css" rel="stylesheet" /></head>')
    .replace('<app-root>', `${keyForm}<app-root>`)
    .replace('</body>', '<script type="module" src="start.js"></script></body>')
    .replace('<link rel="icon" type="image/x-icon" href="favicon.ico" />', '<link rel="icon" type="image/svg+xml" href="/favicon.ico" />')
    .replace('<title>Altair</title>', '<title>Millwright: GraphQL</title>');
  server.get('/graphiql', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  server.get('/graphiql/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start));
  server.get('/graphiql/key.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  server.get<{ Params: { '*': string } }>('/graphiql/*', async (request, reply) => {
    const path = request.params['*'];
    // Only names that were listed are opened, so no name can lead out of the folder.
    if (!files.has(path)) throw new Rejection('NOT_FOUND', 'there is nothing at this path');
    const content = await readFile(join(folder, path));
    return reply
      .type(contentTypes[extname(path)] ?? 'application/octet-stream')
      .send(path.startsWith('assets/i18n/') && path.endsWith('.json') ? inOurWords(content) : content);
  });
}

/** Before the first answer Altair greets with a joke, in every language; here it says what to do. */
const inOurWords = (texts: Buffer): string =>
  JSON.stringify({
    ...(JSON.parse(texts.toString('utf8')) as object),
    QUERY_RESULT_NO_RESULT_TEXT: 'Send the request, and its answer is shown here.',
  });

async function filesIn(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Set(entries.flatMap((entry) => (entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name))] : [])));
}
