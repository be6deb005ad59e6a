import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Rejection } from '#millwright/event-sourcing';
import { release } from '../start/release.js';
import { acceptedTypes } from './envelope.js';
import { assets, sendPage } from './pages/serve-pages.js';

/** A mill's wheel. Colours are attributes, for the policy of data allows no style where the picture is opened by itself. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <rect width="32" height="32" rx="7" fill="#1f6f4a"/>
  <g fill="none" stroke="#fff">
    <circle cx="16" cy="16" r="10.5" stroke-width="4" stroke-dasharray="4.123 4.123" stroke-dashoffset="2.06"/>
    <circle cx="16" cy="16" r="7.5" stroke-width="3"/>
  </g>
  <circle cx="16" cy="16" r="2.5" fill="#fff"/>
</svg>
`;

type Link = readonly [path: string, about: string];

const links = (all: readonly Link[]): string =>
  `<ul>\n${all.map(([path, about]) => `        <li><a href="${path}">${path}</a> <span>${about}</span></li>`).join('\n')}\n      </ul>`;

const pageWith = (playground: boolean): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Millwright ${release}</title>
    <link rel="icon" type="image/svg+xml" href="/favicon.ico" />
    <link rel="stylesheet" href="${assets.style}" />
    <script type="module" src="${assets.script}"></script>
  </head>
  <body>
    <main>
      <header>
        <img src="/favicon.ico" width="48" height="48" alt="" />
        <h1>Millwright <small>${release}</small></h1>
      </header>
      <p>An open maintenance core: exact stock, exact costs, a history nobody can rewrite. This address serves its API.</p>
      <p id="session" aria-live="polite"><a href="/app/sign_in">Sign in</a></p>
      <h2>Try it and read about it</h2>
      ${links([
        ['/docs', 'every REST operation, to read and to try'],
        ...(playground ? ([['/graphiql', 'the playground of GraphQL']] as const) : []),
        ['/api/v1/openapi.json', 'the OpenAPI document, for tools'],
        ['/api/v1/graphql/schema', 'the GraphQL schema'],
      ])}
      <h2>Is it well?</h2>
      ${links([
        ['/health/ready', 'whether requests can be served; with the administrator’s key, why not'],
        ['/health/live', 'whether the process runs'],
      ])}
      <h2>How to get a key</h2>
      <p>The administrator's API key is the one in <code>ADMIN_API_KEY</code>, where that is set. Otherwise it was printed in the terminal at the first
      start and never again: only its hash is kept. Lost it? Start again with <code>ADMIN_API_KEY</code> set to at least 20 characters of your own.</p>
      <p>Send it with every request as <code>Authorization: Bearer &lt;key&gt;</code>, and the site as <code>X-Entity-Id: 1</code>.</p>
    </main>
  </body>
</html>
`;

/**
 * What a person sees who opens the server's address in a browser, and the icon of all pages.
 * A client that does not ask for HTML finds nothing at `/`, as at every path that is no operation.
 */
export function serveHomePage(server: FastifyInstance): void {
  let page: string | undefined;
  server.get('/', async (request, reply) => {
    void reply.header('Vary', 'Accept');
    if (!asksForHtml(request)) throw new Rejection('NOT_FOUND', 'there is nothing at this path');
    // Only now is it certain which routes there are.
    page ??= pageWith(server.hasRoute({ method: 'GET', url: '/graphiql' }));
    return sendPage(reply, page);
  });
  server.get('/favicon.ico', async (_request, reply: FastifyReply) =>
    reply.type('image/svg+xml').header('Cache-Control', 'public, max-age=86400').send(icon),
  );
}

const asksForHtml = ({ headers }: FastifyRequest): boolean => (acceptedTypes(headers.accept).get('text/html') ?? 0) > 0;
