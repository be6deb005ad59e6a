import { request } from 'undici';
import type { ServerProcess } from '../server-process.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import { withServer } from './with-server.js';

const writersAtOnce = 50;

/** R4: no lost update. */
await prove('R4: of concurrent writes with one If-Match exactly one succeeds, REST and GraphQL mixed', 60, async (circumstances) => {
  return withServer((server) => raceForOneRevision(server, circumstances));
});

type Reply = Readonly<{ status: number; text: string; etag: string | undefined; position: string | undefined }>;

async function send(
  server: ServerProcess,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
  ifMatch?: string,
): Promise<Reply> {
  const answer = await request(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.key}`,
      'x-entity-id': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const header = (name: string): string | undefined => (typeof answer.headers[name] === 'string' ? answer.headers[name] : undefined);
  return { status: answer.statusCode, text: await answer.body.text(), etag: header('etag'), position: header('x-position') };
}

async function raceForOneRevision(server: ServerProcess, { seconds }: Circumstances): Promise<Findings> {
  const created = await send(server, 'POST', '/parts', { part: { name: 'Contested' } });
  const { id } = (JSON.parse(created.text) as { data: { id: number } }).data;
  const until = performance.now() + seconds * 1000;
  const wrongRounds: string[] = [];
  let etag = await tagAfter(server, id, created.position);
  let rounds = 0;
  let wonOverGraphql = 0;
  for (; performance.now() < until; rounds++) {
    const writers = Array.from({ length: writersAtOnce }, (_, writer) =>
      (writer + rounds) % 2 === 0 ? overRest(server, id, etag) : overGraphql(server, id, etag),
    );
    const outcomes = await Promise.all(writers);
    const winners = outcomes.filter(({ won }) => won);
    const others = outcomes.filter(({ won, refused }) => !won && !refused);
    if (winners.length !== 1) wrongRounds.push(`round ${rounds}: ${winners.length} succeeded`);
    if (others[0]) wrongRounds.push(`round ${rounds}: ${others[0].text.slice(0, 120)}`);
    if (winners.some(({ edge }) => edge === 'graphql')) wonOverGraphql++;
    etag = await tagAfter(server, id, winners[0]?.position);
  }
  const final = JSON.parse((await send(server, 'GET', `/parts/${id}`)).text) as { data: { on_hand_qty: number } };
  return {
    claims: [
      none('in every round exactly one write succeeded and the others were told PRECONDITION_FAILED', wrongRounds),
      {
        claim: 'the stock is the sum of the winners',
        held: final.data.on_hand_qty === rounds,
        figure: `${final.data.on_hand_qty} of ${rounds}`,
      },
    ],
    figures: { rounds, 'writers at once': writersAtOnce, 'rounds won over GraphQL': wonOverGraphql },
  };
}

type Outcome = Readonly<{ edge: 'rest' | 'graphql'; won: boolean; refused: boolean; text: string; position: string | undefined }>;

async function overRest(server: ServerProcess, partId: number, etag: string): Promise<Outcome> {
  const { status, text, position } = await send(server, 'PATCH', `/parts/${partId}/restock`, { quantity: 1, cost: 1 }, etag);
  return { edge: 'rest', won: status === 200, refused: status === 412, text, position };
}

async function overGraphql(server: ServerProcess, partId: number, etag: string): Promise<Outcome> {
  const query = `mutation Restock($input: RestockPartInput!, $revision: Int) { restockPart(input: $input, expectedRevision: $revision) { id } }`;
  const variables = { input: { partId, quantity: '1', cost: '1' }, revision: Number(etag.replaceAll('"', '')) };
  const { text, position } = await send(server, 'POST', '/graphql', { query, variables });
  const { data, errors } = JSON.parse(text) as { data?: { restockPart?: unknown } | null; errors?: { extensions?: { code?: string } }[] };
  const refused = errors?.[0]?.extensions?.code === 'PRECONDITION_FAILED';
  return { edge: 'graphql', won: Boolean(data?.restockPart), refused, text, position };
}

/** The part's tag once the read model has seen the winner's write. */
async function tagAfter(server: ServerProcess, partId: number, position: string | undefined): Promise<string> {
  const { etag, text } = await send(server, 'GET', `/parts/${partId}${position === undefined ? '' : `?min_position=${position}`}`);
  if (etag === undefined) throw new Error(`a single read without an ETag: ${text.slice(0, 200)}`);
  return etag;
}
