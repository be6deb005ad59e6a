import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

/** A day apart, so that whatever the hour, the one is never on the other's day. */
const [ahead, behind] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Site = Readonly<{ id: number; there: Record<string, string>; order: number }>;

/** A site with a work order, which other requests have just been about. */
async function busySite(fields: object): Promise<Site> {
  const id = (await app.post('/entities', { entity: { name: 'Old name', ...fields } }).expect(201)).data.id as number;
  const there = { 'x-entity-id': String(id) };
  const order = (await app.post('/work_orders', { work_order: { title: 'Costly' } }, there).expect(201)).data.id as number;
  return { id, there, order };
}

const change = ({ id, there }: Site, fields: object): Promise<Answer> =>
  app.patch(`/entities/${id}`, { entity: fields }, there).expect(200);

type Stored = Readonly<{ type: string; effective_at: string; recorded_at: string; data: { currency?: string; date?: string } }>;

/** The last event of a type at a site, as it stands in the log for ever. */
async function lastOf({ there }: Site, type: string): Promise<Stored> {
  const [event] = (await app.get(`/audit_trail?type=${type}&sort=position desc&per_page=1`, there).expect(200)).data as Stored[];
  if (!event) throw new Error(`there is no ${type} at the site`);
  return event;
}

const dayIn = (timeZone: string, instant: string): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(instant));

type Way = readonly [way: string, event: string, use: (site: Site) => Promise<unknown>];

const parts: readonly Way[] = [
  ['a part over REST', 'PartRegistered', ({ there }) => app.post('/parts', { part: { name: 'Belt' } }, there).expect(201)],
  [
    'a part over GraphQL',
    'PartRegistered',
    ({ there }) => app.graphql('mutation { createPart(input: { name: "Belt" }) { id } }', {}, there),
  ],
];
const costs: readonly Way[] = [
  [
    'a cost over REST',
    'OtherCostRecorded',
    ({ order, there }) => app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5 } }, there).expect(201),
  ],
  [
    'a cost over GraphQL',
    'OtherCostRecorded',
    ({ order, there }) => app.graphql(`mutation { recordOtherCost(input: { workOrderId: ${order}, amount: "5" }) { id } }`, {}, there),
  ],
];
const orders: readonly Way[] = [
  [
    'a work order over REST',
    'WorkOrderOpened',
    ({ there }) => app.post('/work_orders', { work_order: { title: 'Next' } }, there).expect(201),
  ],
  [
    'a work order over GraphQL',
    'WorkOrderOpened',
    ({ there }) => app.graphql('mutation { createWorkOrder(input: { title: "Next" }) { id } }', {}, there),
  ],
];

describe('right after a site was changed', () => {
  it.each([...parts, ...costs])('%s is in the new currency', async (_way, event, use) => {
    const site = await busySite({ currency: 'KWD' });
    await change(site, { currency: 'JPY' });
    await use(site);
    expect((await lastOf(site, event)).data.currency).toBe('JPY');
  });

  it.each([...parts, ...costs, ...orders])('%s belongs to the day of the new time zone', async (_way, event, use) => {
    const site = await busySite({ timezone: ahead });
    await change(site, { timezone: behind });
    await use(site);
    const { effective_at, recorded_at, data } = await lastOf(site, event);
    const day = dayIn(behind, recorded_at);
    expect([effective_at, data.date ?? day]).toEqual([day, day]);
  });

  it('an amount has the decimals of the new currency', async () => {
    const site = await busySite({ currency: 'USD' });
    await change(site, { currency: 'KWD' });
    await app.post('/parts', { part: { name: 'Belt', unit_cost: '1.234' } }, site.there).expect(201);
  });

  it('the answer of the change and every later one show the site as it is', async () => {
    const site = await busySite({ currency: 'KWD', timezone: ahead });
    for (const [fields, shown] of [
      [{ name: 'New name' }, { name: 'New name', currency: 'KWD' }],
      [{ currency: 'EUR' }, { currency: 'EUR', currency_symbol: '€' }],
      [{ timezone: behind }, { timezone: `${behind}: -11:00` }],
      [{ datetime_format: null }, { datetime_format: null }],
    ] as const) {
      expect((await change(site, fields)).meta.entity).toMatchObject(shown);
      expect((await app.get('/parts', site.there).expect(200)).meta.entity).toMatchObject(shown);
    }
  });

  it('the next mutation of the same document and the reports go by it', async () => {
    const site = await busySite({ currency: 'KWD' });
    await app.graphql(
      `mutation {
        updateEntity(input: { id: ${site.id}, currency: "JPY", timezone: "${behind}" }) { id }
        createPart(input: { name: "Belt" }) { id }
      }`,
      {},
      site.there,
    );
    const { effective_at, recorded_at, data } = await lastOf(site, 'PartRegistered');
    expect([data.currency, effective_at]).toEqual(['JPY', dayIn(behind, recorded_at)]);
    expect((await app.graphql('{ costsReport(groupBy: month) { currency } }', {}, site.there)).costsReport.currency).toBe('JPY');
  });
});
