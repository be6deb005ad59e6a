import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readmeTour } from './readme-tour.js';
import { ServerProcess } from './server-process.js';

/**
 * Whether the product runs at all on the Node that runs this: start on an empty folder, the tour of the README, a GraphQL query, the import of a
 * history, a clean stop. Prints what it saw in one line; the exit code is 1 with the first thing that is not as it should be.
 */
async function smoke(): Promise<string> {
  const server = await ServerProcess.create();
  try {
    const started = await server.start();
    const tour = await tourOf(server);
    const graphql = await graphqlOf(server);
    const imported = await importInto(server);
    const stopped = await server.end('SIGTERM');
    expected('exit code of a stop', stopped, 0);
    const said = server.lastOutput();
    // What a newer Node finds wrong with a program comes as a warning first.
    expected('warnings of Node', /^\(node:\d+\).*$/m.exec(said)?.[0], undefined);
    return `started in ${(started / 1_000).toFixed(1)} s, ${tour}, ${graphql}, ${imported}, stopped cleanly`;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe server said last:\n${server.lastOutput()}`, {
      cause: error,
    });
  } finally {
    await server.dispose();
  }
}

async function tourOf({ url, key }: ServerProcess): Promise<string> {
  const answers = (await readmeTour(url, key)) as {
    data?: { status?: { name: string }; total_costs?: { parts: number } };
    error?: unknown;
  }[];
  expected(
    'errors of the tour',
    answers.find(({ error }) => error),
    undefined,
  );
  const order = answers.find(({ data }) => data?.total_costs && data.status?.name === 'completed');
  expected("cost of the tour's order", order?.data?.total_costs?.parts, 50.8);
  return `${answers.length} answers of the tour`;
}

async function graphqlOf({ url, key }: ServerProcess): Promise<string> {
  const answer = await fetch(`${url}/api/v1/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'x-entity-id': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ parts { nodes { name onHandQty averageUnitCost } } }' }),
  });
  expected(
    'answer over GraphQL',
    await answer.text(),
    '{"data":{"parts":{"nodes":[{"name":"Air Filter","onHandQty":"12","averageUnitCost":"99"}]}}}',
  );
  return 'GraphQL';
}

async function importInto({ url, key }: ServerProcess): Promise<string> {
  const program = fileURLToPath(new URL('import-history.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'examples/maintenance-history.csv', '--url', url], {
    env: { ...process.env, ADMIN_API_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const count = (what: string): string | undefined => new RegExp(`^${what} +(\\d+)$`, 'm').exec(said)?.[1];
  // One row of the example has no number for a cost, and the exit code says so.
  expected('import (exit code, rows imported, rows refused)', [code, count('imported'), count('refused')].join(), '1,13,1');
  return 'import';
}

function expected(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

smoke().then(
  (seen) => console.log(seen),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
