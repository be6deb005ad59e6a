import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptedTypes } from '../envelope.js';
import { languageOf, pageNames, pageOf, refusalPageOf } from './page.js';
import { isLanguage } from './words.js';

/** Style and script come from this server and stand in files of their own; nothing is sent but by the script, and nobody shows a page inside his. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The browser's own files, which the build leaves where they are. */
const textOf = (file: string): string => readFileSync(createRequire(import.meta.url).resolve(`#pages/${file}`), 'utf8');
const files = {
  style: { path: '/app/in-browser.css', type: 'text/css; charset=utf-8', text: textOf('in-browser.css') },
  script: { path: '/app/in-browser.js', type: 'text/javascript; charset=utf-8', text: textOf('in-browser.js') },
};

/** Another release has another address, so that no browser mixes two. */
const addressOf = ({ path, text }: Readonly<{ path: string; text: string }>): string =>
  `${path}?v=${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;

/** Where pages find their style and script. */
export const assets = { style: addressOf(files.style), script: addressOf(files.script) };

/** Answers a page to a person. */
export const sendPage = (reply: FastifyReply, page: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('Content-Security-Policy', policy)
    .header('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
    .send(page);

/** Where a browser is sent on its way to the issuer and back. */
const onTheWay: ReadonlySet<string | undefined> = new Set(['/api/v1/auth/oidc/start', '/api/v1/auth/oidc/callback']);

/** Whether a person reads what is answered there: a browser asks for a page, a program for data. */
export function isReadByPerson({ routeOptions: { url }, headers: { accept } }: FastifyRequest): boolean {
  if (!onTheWay.has(url)) return false;
  const weights = acceptedTypes(accept);
  return (weights.get('text/html') ?? 0) > (weights.get('application/json') ?? 0);
}

/** Says to a person why he does not come in. @param why the code of the refusal, or its reason */
export function sendRefusalPage({ headers }: FastifyRequest, reply: FastifyReply, why: string): FastifyReply {
  const language = languageOf(undefined, acceptedTypes(headers['accept-language']));
  return sendPage(reply.header('Vary', 'Accept, Accept-Language'), refusalPageOf(why, language, assets.style));
}

/** The pages by which people come in: also by an issuer, where there is one. What a link brings stands behind the `#` of its address: no server, log or other page learns of it. */
export function servePages(server: FastifyInstance, { hasIssuer }: Readonly<{ hasIssuer(): Promise<boolean> }>): void {
  for (const name of pageNames)
    server.get<{ Querystring: { lang?: unknown } }>(`/app/${name}`, async ({ query: { lang }, headers }, reply) => {
      const language = languageOf(lang, acceptedTypes(headers['accept-language']));
      const isChosen = typeof lang === 'string' && isLanguage(lang);
      // A page that cannot find it out is of use all the same.
      const page = pageOf(name, language, { assets, isChosen, hasIssuer: await hasIssuer().catch(() => false) });
      return sendPage(reply.header('Vary', 'Accept-Language'), page);
    });
  // Letters lead to records. These have no pages of their own yet, and whoever comes finds where to sign in, whether there is such a record or not.
  for (const path of ['/app', '/app/work_orders/:number', '/app/work_order_requests/:number'])
    server.get(path, async (_request, reply) => reply.redirect('/', 302));
  for (const { path, type, text } of Object.values(files))
    server.get(path, async (_request, reply) => reply.type(type).header('Cache-Control', 'public, max-age=3600').send(text));
}
