import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { ApiKeys } from '#millwright/access';
import { AppModule } from './app.module.js';
import type { Configuration } from './config.js';
import { openDatabases, type Databases } from './databases.js';
import { Engine } from './engine.js';
import { Health } from './health/health.js';
import { Metrics } from './health/metrics.js';
import { addHealthRoutes } from './health/routes.js';
import { HttpAdapter, openEdge } from './http/index.js';
import { NestLogger } from './logging.js';

/** How long answers carry `Connection: close` before the door is shut, so that clients with open connections leave by themselves. */
const farewellMilliseconds = 300;
/** How long requests that were accepted may take to be answered once we stop. */
const drainMilliseconds = 6_000;

/** The running application. */
export class Application {
  private stopped: Promise<void> | undefined;

  private constructor(
    readonly url: string,
    /** The administrator's key, only in the start that made it. */
    readonly newAdminKey: string | null,
    private readonly nest: NestFastifyApplication,
    private readonly databases: Databases,
    private readonly logger: Logger,
  ) {}

  /**
   * Database, migrations, modules, workers, first events, and at last the port: whoever can connect finds everything running.
   * @throws the errors of `openDatabases`, and Node's own when the port is taken
   */
  static async start(configuration: Configuration, logger: Logger): Promise<Application> {
    const databases = await openDatabases(configuration, logger);
    let nest: NestFastifyApplication | undefined;
    try {
      nest = await NestFactory.create<NestFastifyApplication>(AppModule.on(configuration, databases, logger), new HttpAdapter(), {
        logger: new NestLogger(logger),
        abortOnError: false,
      });
      addHealthRoutes(nest.getHttpAdapter().getInstance(), {
        health: nest.get(Health),
        metrics: nest.get(Metrics),
        engine: nest.get(Engine),
      });
      openEdge(nest, logger);
      await nest.init();
      await nest.get(Engine).start();
      const newAdminKey = await nest.get(ApiKeys).ensureBootstrapKey(configuration.adminApiKey);
      await nest.listen(configuration.port, configuration.host);
      return new Application(addressOf(nest, configuration.host), newAdminKey, nest, databases, logger);
    } catch (error) {
      await nest?.close().catch(() => undefined);
      await databases.close();
      throw error;
    }
  }

  /** Not ready → every accepted request answered → workers at rest → connections and the embedded database closed. */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    const { nest, logger } = this;
    nest.get(Health).beginStopping();
    const engine = nest.get(Engine);
    const pool = nest.get<pg.Pool>(pg.Pool);
    const dataSource = nest.get(DataSource);
    await delay(farewellMilliseconds);
    await this.step('answering the last requests', Promise.race([nest.close(), delay(drainMilliseconds, undefined, { ref: false })]));
    await this.step('stopping the engine', engine.stop());
    await this.step('closing connections', Promise.all([pool.end(), dataSource.destroy()]));
    await this.step('stopping the database', this.databases.close());
    logger.info('stopped');
  }

  /** One step that fails must not keep the next ones from being done. */
  private async step(what: string, work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => this.logger.error({ err: error }, `${what} failed`));
  }
}

function addressOf(nest: NestFastifyApplication, host: string): string {
  const address = nest.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
