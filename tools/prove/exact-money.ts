import type { Client } from 'pg';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { none, prove, type Circumstances, type Finding, type Findings } from './proof.js';
import { brokenInvariantsOf } from './random-history.js';
import { runPlant, type Plant } from './random-plant.js';
import { withServer } from './with-server.js';

const historiesAtMost = 10_000;
const stepsOfAHistory = 60;

/** R5: money is exact. */
await prove(
  'R5: money is exact: random histories keep the invariants, and what is shown is what the events say',
  60,
  async (circumstances) => {
    const histories = liveThroughHistories(circumstances);
    const system = await withServer((server) => compareSystemWithEvents(server, circumstances));
    return { claims: [...histories.claims, ...system.claims], figures: { ...histories.figures, ...system.figures } };
  },
);

function liveThroughHistories({ random, seconds }: Circumstances): Findings {
  const until = performance.now() + seconds * 500;
  const broken: string[] = [];
  let histories = 0;
  for (; histories < historiesAtMost && performance.now() < until; histories++)
    broken.push(...brokenInvariantsOf(random, stepsOfAHistory).map((what) => `history ${histories + 1}, ${what}`));
  return {
    claims: [none('no history breaks an invariant', broken)],
    figures: { 'random histories': histories, 'steps of each': stepsOfAHistory },
  };
}

async function compareSystemWithEvents(server: ServerProcess, { random, seconds }: Circumstances): Promise<Findings> {
  const plant = await runPlant(server, random, seconds / 2);
  const findings = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), async (database) => [
    await stockFinding(plant, database),
    ...(await costFindings(plant, database)),
  ]);
  await plant.client.close();
  return { claims: findings, figures: { 'commands accepted over HTTP': plant.accepted, 'commands refused': plant.refused } };
}

/** Stock by part, straight from the stored events: nothing of the product's code takes part in this sum. */
async function stockFinding({ client, partIds, position }: Plant, database: Client): Promise<Finding> {
  const { rows } = await database.query<{ part: string; quantity: string }>(
    `select split_part(stream, '-', 2) as part, sum((canonical::jsonb #>> '{data,quantity}')::numeric)::text as quantity
     from log.events where category = 'part' and canonical::jsonb -> 'data' ? 'onHandAfter' group by 1`,
  );
  const wrong: string[] = [];
  for (const id of partIds) {
    const { data } = await client.get<{ on_hand_qty: number | null }>(`/parts/${id}`, upTo(position));
    const summed = Number(rows.find(({ part }) => part === String(id))?.quantity ?? 0);
    if (data.on_hand_qty !== null && data.on_hand_qty !== summed)
      wrong.push(`part ${id}: ${data.on_hand_qty} shown, ${summed} in the events`);
  }
  return none('the stock of every part is the sum of its events', wrong);
}

async function costFindings({ client, workOrderIds, position }: Plant, database: Client): Promise<Finding[]> {
  const { rows } = await database.query<{ work_order: string; parts: string; other: string }>(
    `with event as (select stream, category, type, canonical::jsonb -> 'data' as data from log.events),
       charge as (select data ->> 'workOrderId' as work_order, stream, round(sum((data ->> 'charge')::numeric), 2) as amount
                  from event where type in ('PartIssued', 'PartReturned') group by 1, 2),
       other as (select split_part(stream, '-', 2) as work_order, sum((data ->> 'amount')::numeric) as amount
                 from event where type = 'OtherCostRecorded' group by 1)
     select work_order, coalesce((select sum(amount) from charge c where c.work_order = w.work_order), 0)::text as parts,
            coalesce((select sum(amount) from other o where o.work_order = w.work_order), 0)::text as other
     from (select distinct split_part(stream, '-', 2) as work_order from event where category = 'workOrder') w`,
  );
  const wrong: string[] = [];
  let total = 0;
  for (const id of workOrderIds) {
    const { data } = await client.get<WorkOrder>(`/work_orders/${id}`, upTo(position));
    const summed = rows.find((row) => row.work_order === String(id));
    const { parts, other, is_estimate: isEstimate } = data.total_costs;
    if (!isEstimate && parts !== Number(summed?.parts ?? 0))
      wrong.push(`order ${id}: parts ${parts} shown, ${summed?.parts} in the events`);
    if (other !== undefined && other !== Number(summed?.other ?? 0))
      wrong.push(`order ${id}: other ${other} shown, ${summed?.other} in the events`);
    total += Math.round((Number(summed?.parts ?? 0) + Number(summed?.other ?? 0)) * 100);
  }
  const { meta } = await client.get('/reports/costs', { group_by: 'month', ...upTo(position) });
  const reported = typeof meta.total === 'number' ? meta.total : (meta.total as { total: number }).total;
  return [
    none('what every work order shows is what its events charged it', wrong),
    {
      claim: 'the cost report comes to the sum of the events',
      held: Math.round(reported * 100) === total,
      figure: `${reported} reported, ${total / 100} in the events`,
    },
  ];
}

type WorkOrder = Readonly<{ total_costs: Readonly<{ parts: number; other?: number; is_estimate: boolean }> }>;

function upTo(position: string | undefined): Record<string, string> {
  return position === undefined ? {} : { min_position: position };
}
