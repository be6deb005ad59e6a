import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Rejection } from '#millwright/event-sourcing';

/** The files of Swagger UI that its page needs; nothing else of the package is served. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Millwright: the REST interface</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="stylesheet" href="/docs/page.css" />
    <link rel="icon" type="image/svg+xml" href="/favicon.ico" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** Swagger UI's table of answers has a column for links, which are none here, and is wider than a telephone. */
const style = `body { margin: 0; }
html.dark-mode body { background: #1c2022; }
.swagger-ui .response-col_links { display: none; }
.swagger-ui .responses-table, .swagger-ui .response .headers-wrapper table { table-layout: fixed; }
.swagger-ui .responses-table .response-col_status { width: 5em; }
.swagger-ui .response .header-col { overflow-wrap: anywhere; }
html.dark-mode .swagger-ui .response .header-col { color: #e4e6e6; }
.swagger-ui .scheme-container .schemes { flex-wrap: wrap; }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 8px; }
  .swagger-ui .responses-inner { padding: 12px 8px; }
  .swagger-ui .responses-table .response-col_status { width: 4em; }
}
`;

const start = `const darkness = window.matchMedia('(prefers-color-scheme: dark)');
const followDarkness = () => document.documentElement.classList.toggle('dark-mode', darkness.matches);
darkness.addEventListener('change', followDarkness);
followDarkness();
window.ui = SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
`;

/**
 * The OpenAPI document at /api/v1/openapi.json and Swagger UI at /docs, from this server alone (no CDN).
 * The document is made ready here, once, because making it would hold up other requests.
 */
export function serveDocumentation(server: FastifyInstance, document: object): void {
  const text = JSON.stringify(document);
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const read = new Map<string, Promise<Buffer>>();

  // What a customer has added is shown to who has a credential of his: nobody between us keeps it for others (contract, part 4, S86).
  server.get('/api/v1/openapi.json', async (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .header('Cache-Control', 'private')
      .header('Vary', [reply.getHeader('Vary') ?? [], 'Authorization'].flat().join(', '))
      .send(text),
  );
  server.get('/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  server.get('/docs/page.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  server.get('/docs/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start));
  server.get<{ Params: { file: string } }>('/docs/:file', async (request, reply) => {
    const { file } = request.params;
    const type = Object.hasOwn(assets, file) ? assets[file] : undefined;
    if (type === undefined) throw new Rejection('NOT_FOUND', 'there is nothing at this path');
    const content = read.get(file) ?? readFile(join(folder, file));
    read.set(file, content);
    return reply
      .type(type)
      .header('Cache-Control', 'public, max-age=3600')
      .send(await content);
  });
}
