import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { EntityDirectory, hasTier, KnownAccess, KnownSites } from '#millwright/access';
import { Authentication } from '#millwright/credentials';
import { Callers, CallLog, knownPayloads } from '#millwright/call-log';
import { ProjectionEngine } from '#millwright/event-sourcing';
import { Limits, TrustedProxies } from '#millwright/limits';
import { Portal } from '#millwright/requests';
import { OwnWrites, Writes } from '#millwright/resources';
import { Configuration } from '../config.js';
import { allowOrigins } from './cors.js';
import { addCallGate } from './call-gate.js';
import { CookieSessions, IssuerSettingsStore } from '#millwright/sign-in';
import { serveDocumentation } from './documentation.js';
import { answerError } from './error-answer.js';
import { serveHomePage } from './home-page.js';
import { HttpAdapter } from './http-adapter.js';
import { KnownRights } from './known-rights.js';
import { LimitsGate } from './limits-gate.js';
import { buildOpenApiDocument } from './openapi-document.js';
import { addOAuthGate } from './oauth-edge.js';
import { carryOutOperations } from './operation-routes.js';
import { servePages } from './pages/serve-pages.js';
import { addPortalGate } from './portal-gate.js';
import { addRequestGate } from './request-gate.js';

/**
 * Puts the gate before every route, carries out what operations describe, and serves the home page and the documentation.
 * To be called after the modules are made and before the application is initialised.
 */
export function openEdge(application: NestFastifyApplication, logger: Logger): void {
  const adapter = application.getHttpAdapter();
  if (!(adapter instanceof HttpAdapter)) throw new Error('the application must be created on an HttpAdapter');
  const server = adapter.getInstance<FastifyInstance>();
  server.setErrorHandler((error, request, reply) => answerError(error, request, reply, logger));
  allowOrigins(server, application.get(Configuration, { strict: false }).corsOrigins);
  const proxies = application.get(TrustedProxies, { strict: false });
  const document = buildOpenApiDocument(application);
  addCallGate(server, {
    calls: application.get(CallLog, { strict: false }),
    callers: application.get(Callers, { strict: false }),
    known: knownPayloads(document),
    proxies,
  });
  addRequestGate(server, {
    authentication: application.get(Authentication, { strict: false }),
    cookies: application.get(CookieSessions, { strict: false }),
    entities: application.get(EntityDirectory, { strict: false }),
    sites: application.get(KnownSites, { strict: false }),
    rights: new KnownRights({
      access: application.get(KnownAccess, { strict: false }),
      credentials: application.get(Authentication, { strict: false }),
      sites: application.get(KnownSites, { strict: false }),
    }),
    projections: application.get(ProjectionEngine, { strict: false }),
    ownWrites: application.get(OwnWrites, { strict: false }),
    paths: adapter.paths,
    limits: new LimitsGate(server, application.get(Limits, { strict: false }), proxies),
    logger,
  });
  addPortalGate(server, application.get(Portal, { strict: false }));
  addOAuthGate(server);
  carryOutOperations(server, {
    writes: application.get(Writes, { strict: false }),
    controllerOf: (type) => application.get<object>(type, { strict: false }),
  });
  serveHomePage(server);
  const issuer = application.get(IssuerSettingsStore, { strict: false });
  const limits = application.get(Limits, { strict: false });
  servePages(server, { hasIssuer: async () => hasTier((await limits.installation()).tier, 'enterprise') && issuer.isEnabled() });
  serveDocumentation(server, document);
}
