import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import type { Application } from './application.js';
import { CannotStart } from './cannot-start.js';
import { Configuration, ConfigurationError, helpText, readConfiguration } from '../config.js';
import { connectDatabases } from '../read-database/databases.js';
import { assertCanListen } from './listening.js';
import { createLogger } from './logging.js';

/** A clean stop takes 10 s at most; what is not done by then is cut off, which loses nothing that was acknowledged. */
const stopWithinMilliseconds = 9_500;

/**
 * How much garbage may pile up on what is alive before V8 collects all of it, in percent. Left to itself it waits for up to four times as much where the
 * machine has memory: 370 MB of a server that needs 230, for no processor time that could be measured on Node 20 (20 percent cost half as much again).
 */
const mostGarbagePercent = 50;

async function main(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${mostGarbagePercent}`);
  // A reader of our output that goes away (`npm start | head`) must not take the server with it.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const [argument] = process.argv.slice(2);
  if (argument === '--help' || argument === '-h') return void process.stdout.write(helpText());
  if (argument !== undefined) throw new ConfigurationError([`There is no argument ${argument}; --help tells what can be set.`]);
  const configuration = readConfiguration();
  const logger = createLogger(configuration.logLevel);
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise was rejected and nobody listened'));

  const starting = start(configuration, logger);
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(130); // the second time means: now
    asked = true;
    setTimeout(() => process.exit(1), stopWithinMilliseconds).unref();
    void starting
      .then((application) => application.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  greet(configuration, await starting);
}

/** The database comes up, and replays its log after a crash, while the program is being loaded: each of them takes its time. */
async function start(configuration: Configuration, logger: Logger): Promise<Application> {
  await assertCanListen(configuration);
  const loading = import('reflect-metadata').then(() => import('./application.js'));
  const [databases, { Application }] = await Promise.all([connectDatabases(configuration, logger), loading]);
  return Application.start(configuration, databases, logger);
}

function greet(configuration: Configuration, { url, newAdminKey, setupLink }: Application): void {
  const lines = [
    `Millwright runs at ${url}`,
    `  REST     ${url}/api/v1        documents at ${url}/docs`,
    `  GraphQL  ${url}/api/v1/graphql${configuration.production ? '' : `        playground at ${url}/graphiql`}`,
    `  Health   ${url}/health/ready`,
  ];
  if (newAdminKey !== null) lines.push('', `The administrator's API key, shown this once:`, `  ${newAdminKey}`);
  else if (configuration.adminApiKey === undefined)
    lines.push('', `The administrator's API key was shown at the first start. Lost it? Set ADMIN_API_KEY to one of your own.`);
  if (setupLink !== null)
    lines.push('', 'Nobody is administrator yet. This link makes the first one, once and within 24 hours:', `  ${setupLink}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  // What a person can put right is said in a sentence; everything else with its stack.
  console.error(error instanceof CannotStart ? error.message : error instanceof Error ? error.stack : error);
  process.exit(1);
});
