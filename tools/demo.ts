import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { ApiClient, serverUrlOf } from './api-client.js';
import { AccessStory } from './demo/access-story.js';
import { MovingAverageStory } from './demo/moving-average-story.js';
import { Story } from './demo/story.js';
import { WeekStory } from './demo/week-story.js';
import { ServerProcess } from './server-process.js';

const help = `npm run demo [-- --access] [--exit]

A week in a small plant: a request becomes a work order, parts and time go in, a machine stands and runs again, a schedule raises what comes next, and
the costs are explained. Then eighteen movements of a part, and why its average cost is what it is.
--access: instead of these, a technician, a BI client, a sensor and an auditor, each of whom does his work and nothing else.
With ADMIN_API_KEY in the environment it talks to the server at HOST and PORT; without, it starts one on a temporary folder and keeps it
running until Ctrl-C (--exit: ends it after the story).

Exit code: 0 when every number came out as it was worked out by hand (docs/costing.md) and everybody could do just what he may, 1 otherwise.`;

type Place = Readonly<{ url: string; key: string; server: ServerProcess | undefined }>;

async function findOrStartServer(): Promise<Place> {
  const { ADMIN_API_KEY } = process.env;
  if (ADMIN_API_KEY) return { url: serverUrlOf(process.env), key: ADMIN_API_KEY, server: undefined };
  console.log('No ADMIN_API_KEY in the environment: starting a server of my own on a temporary folder …');
  const server = await ServerProcess.create();
  const ready = await server.start();
  console.log(`… ready after ${(ready / 1000).toFixed(1)} s at ${server.url}\n`);
  return { url: server.url, key: server.key, server };
}

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { access: flag, exit: flag, help: flag } });
  if (values.help) return console.log(help);
  const { url, key, server } = await findOrStartServer();
  const client = new ApiClient({ url, key, entityId: 1, patience: 10_000 });
  try {
    const story = new Story(client, (line) => console.log(line));
    const partId = values.access ? await new AccessStory(story, url).tell() : await theWeekIn(story, url);
    if (story.surprises > 0) process.exitCode = 1;
    if (server && values.exit) return;
    console.log(whatToLookAt(url, key, partId));
    if (server) {
      console.log('The server keeps running; Ctrl-C ends it and removes its data.');
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    }
  } finally {
    await client.close();
    await server?.dispose();
  }
}

async function theWeekIn(story: Story, url: string): Promise<number> {
  await new WeekStory(story, url).tell();
  return new MovingAverageStory(story).tell();
}

const whatToLookAt = (url: string, key: string, partId: number): string => `
Look for yourself:
  ${url}/docs                                  the API, to try out (authorise with the key below)
  ${url}/graphiql                              the same in GraphQL
  curl -H 'Authorization: Bearer ${key}' -H 'X-Entity-Id: 1' ${url}/api/v1/parts/${partId}/explain
  curl -H 'Authorization: Bearer ${key}' -H 'X-Entity-Id: 1' '${url}/api/v1/audit_trail?part_id=${partId}'
`;

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
