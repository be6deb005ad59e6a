import { part, type Part, type PartEvent } from '#millwright/inventory';
import { request } from 'undici';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';

/** Orders of a page that is written at a time. */
const pagesPerStatement = 100;

/**
 * A part as it is after so many work orders have used it. To let them all do so would take hours, so the snapshot is made that the product would have
 * written by then: its pages are the decider's own. The server must be started anew before it looks there.
 * @returns the part's id
 */
export async function muchUsedPart(server: ServerProcess, orders: number): Promise<number> {
  const partId = await registered(server);
  const stream = `part-${partId}`;
  const format = part.snapshots;
  if (!format) throw new Error('parts have no snapshots');
  await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), async (client) => {
    const { rows } = await client.query<{ canonical: string; revision: string; event_id: string }>(
      'SELECT canonical, revision::text, event_id::text FROM log.events WHERE stream = $1 ORDER BY revision',
      [stream],
    );
    const events = rows.map(({ canonical }) => JSON.parse(canonical) as PartEvent);
    const last = rows.at(-1);
    if (!last) throw new Error(`${stream} has no events`);
    const header = [stream, format.version, last.revision, last.event_id];
    await client.query('INSERT INTO app.snapshots (stream, version, revision, event_id) VALUES ($1, $2, $3, $4)', header);
    const pages = [...format.pagesOf(usedBy(events.reduce(part.evolve, part.initialState), orders))];
    for (let first = 0; first < pages.length; first += pagesPerStatement) {
      const some = pages.slice(first, first + pagesPerStatement);
      await client.query('INSERT INTO app.snapshot_pages (stream, page, content) SELECT $1, * FROM unnest($2::text[], $3::text[])', [
        stream,
        some.map(([name]) => name),
        some.map(([, content]) => JSON.stringify(content)),
      ]);
    }
  });
  return partId;
}

/** Each order has reserved the part and given it back, so nothing stands but what the part remembers of it. */
function usedBy(unused: Part, orders: number): Part {
  let state = unused;
  for (let workOrderId = 1; workOrderId <= orders; workOrderId += 1) {
    const data = { workOrderId, orderRevision: 1, quantityAfter: '0', reservedAfter: '0' };
    state = part.evolve(state, { type: 'PartReserved', data });
  }
  return state;
}

async function registered({ url, key }: ServerProcess): Promise<number> {
  const answer = await request(`${url}/api/v1/parts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'x-entity-id': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ part: { name: 'Much used' } }),
  });
  const { data } = (await answer.body.json()) as { data?: { id?: number } };
  if (data?.id === undefined) throw new Error(`the part could not be made: ${answer.statusCode}`);
  return data.id;
}
