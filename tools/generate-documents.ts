import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'undici';
import { errorsDocument } from '#src/http/index';
import { eventsDocument } from './documents/events-document.js';
import { parityDocument } from './documents/parity-document.js';
import { permissionsDocument } from './documents/permissions-document.js';
import { readModelsDocument } from './documents/read-models-document.js';
import { assertOnlyGrows, publishedEvents } from './documents/events-only-grow.js';
import { ServerProcess } from './server-process.js';

/**
 * Writes the documents that are derived from the code: what the server serves (OpenAPI, GraphQL schema), the errors, and the events.
 * `--check` writes nothing and fails when one of them is out of step.
 */
async function documents(): Promise<ReadonlyMap<string, string>> {
  const events = eventsDocument(publishedEvents());
  assertOnlyGrows(events);
  // What it takes to start on a busy machine is no matter here.
  const server = await ServerProcess.create({ startDeadline: 300_000 });
  try {
    await server.start();
    const served = async (path: string): Promise<string> => (await request(`${server.url}/api/v1/${path}`)).body.text();
    const openApi = JSON.parse(await served('openapi.json')) as Parameters<typeof permissionsDocument>[0];
    const schema = await served('graphql/schema');
    return new Map([
      ['docs/openapi.json', pretty(openApi)],
      ['docs/permissions.md', permissionsDocument(openApi, schema)],
      ['docs/parity.md', parityDocument(openApi, schema)],
      ['docs/schema.graphql', `${schema.trim()}\n`],
      ['docs/errors.md', errorsDocument()],
      ['docs/events.json', pretty(events)],
      ['docs/read-models.json', pretty(readModelsDocument())],
    ]);
  } finally {
    await server.dispose();
  }
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const checking = process.argv.includes('--check');
for (const [path, text] of await documents()) {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  if (checking) {
    console.error(`${path} is out of step with the code; npm run generate brings it back`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text);
    console.log(`${path} written`);
  }
}
