import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { DataSource, EntityManager } from 'typeorm';
import { ApiKeys } from '#millwright/access';
import { Authentication, PublicUrl, SigningKeys } from '#millwright/credentials';
import { EventStore, type EventLog } from '#millwright/event-sourcing';
import { MailServer } from '#millwright/mail';
import { AppModule } from '../app.module.js';
import type { Configuration } from '../config.js';
import type { Databases } from '../read-database/databases.js';
import { Engine } from '../engine/engine.js';
import { FirstEvents } from './first-events.js';
import { openEventLog } from '../event-log/event-log.js';
import { Health } from '../health/health.js';
import { insightOf } from '../health/insight.js';
import { Metrics } from '../health/metrics.js';
import { addHealthRoutes } from '../health/routes.js';
import { HttpAdapter, openEdge } from '../http/index.js';
import { closeDoors, listenAt } from './listening.js';
import { assertLogIsHome } from '../event-log/log-home.js';
import { CookieSessions, FirstAdministrator } from '#millwright/sign-in';
import { NestLogger } from './logging.js';
import { openSecret } from './secret.js';
import { prepared } from '../read-database/prepared-databases.js';

/** How long clients with open connections have to send and leave by themselves once no new ones are let in. */
const connectionsMilliseconds = 1_000;
/** How long requests that were accepted may take to be answered once we stop. */
const drainMilliseconds = 6_000;

/** The running application. */
export class Application {
  private stopped: Promise<void> | undefined;

  private constructor(
    readonly url: string,
    /** The administrator's key, only in the start that made it. */
    readonly newAdminKey: string | null,
    /** Where the first administrator makes himself known; null where there is one. */
    readonly setupLink: string | null,
    private readonly nest: NestFastifyApplication,
    private readonly doors: readonly Server[],
    private readonly databases: Databases,
    private readonly logger: Logger,
  ) {}

  /**
   * Database, migrations, modules, workers, first events, and at last the port: whoever can connect finds everything running.
   * @throws CannotStart: the errors of `openDatabases` and of `openEventLog`, UnsuitableLog, or one that says why the port cannot be had
   */
  static async start(configuration: Configuration, connected: Databases, logger: Logger): Promise<Application> {
    const databases = await prepared(connected, logger);
    let log: EventLog | undefined;
    let nest: NestFastifyApplication | undefined;
    try {
      log = await openEventLog(configuration, databases, logger);
      await assertLogIsHome(databases, configuration);
      const parts = { databases, log, secret: await openSecret(configuration, databases) };
      nest = await NestFactory.create<NestFastifyApplication>(AppModule.on(configuration, parts, logger), new HttpAdapter(), {
        logger: new NestLogger(logger),
        abortOnError: false,
      });
      addHealthRoutes(nest.getHttpAdapter().getInstance(), {
        health: nest.get(Health),
        metrics: nest.get(Metrics),
        engine: nest.get(Engine),
        insight: insightOf({
          authentication: nest.get(Authentication, { strict: false }),
          cookies: nest.get(CookieSessions, { strict: false }),
          keys: nest.get(ApiKeys),
        }),
      });
      openEdge(nest, logger);
      await nest.init();
      await nest.get(Engine).start();
      await nest.get(FirstEvents).record();
      await nest.get(SigningKeys).ensure();
      const newAdminKey = await nest.get(ApiKeys).ensureBootstrapKey(configuration.adminApiKey);
      const doors = await listenAt(configuration, nest);
      const url = addressOf(nest, configuration.host);
      nest.get(PublicUrl).listensAt(url);
      const setupLink = await nest.get(FirstAdministrator, { strict: false }).link();
      return new Application(url, newAdminKey, setupLink, nest, doors, databases, logger);
    } catch (error) {
      if (nest) await close(nest, databases, logger);
      else await Promise.allSettled([log?.close(), databases.close()]);
      throw error;
    }
  }

  /** Not ready → every accepted request answered → workers at rest → connections and the embedded database closed. */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    this.nest.get(Health).beginStopping();
    this.nest.get(EventStore).hurry();
    await drainConnections(this.doors);
    await close(this.nest, this.databases, this.logger);
    this.logger.info('stopped');
  }
}

/** Edge, engine, connections, database, in this order; one step that fails must not keep the next ones from being done. */
async function close(nest: NestFastifyApplication, databases: Databases, logger: Logger): Promise<void> {
  const step = (what: string, work: () => Promise<unknown>): Promise<unknown> =>
    work().catch((error: unknown) => logger.error({ err: error }, `${what} failed`));
  const engine = nest.get(Engine);
  const mailServer = nest.get(MailServer, { strict: false });
  const dataSources = [nest.get(DataSource), nest.get(EntityManager).dataSource];
  await step('answering the last requests', () => Promise.race([nest.close(), delay(drainMilliseconds, undefined, { ref: false })]));
  await step('stopping the engine', () => engine.stop());
  await step('leaving the mail server', async () => mailServer.close());
  await step('closing connections', () => Promise.all(dataSources.map((dataSource) => dataSource.destroy())));
  await step('stopping the database', () => databases.close());
}

/**
 * Shuts the door and lets those inside finish: no new connections; every answer takes its connection along (see the hook in `health/routes.ts`).
 * Only then are idle connections cut, so that hardly any client sends a request into a closing one.
 */
async function drainConnections(doors: readonly Server[]): Promise<void> {
  await Promise.race([closeDoors(doors), delay(connectionsMilliseconds)]);
}

function addressOf(nest: NestFastifyApplication, host: string): string {
  const address = nest.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
