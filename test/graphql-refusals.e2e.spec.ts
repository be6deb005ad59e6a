import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Detail = { field: string; code: string; message: string };
type Refusal = Readonly<{ status: number; code?: string; details: string[]; message: string }>;

async function refusal(query: string, variables?: object): Promise<Refusal> {
  const { status, body } = await app.graphqlAnswer(query, variables);
  const [error] = (body.errors ?? []) as { message: string; extensions: { code: string; details: Detail[] } }[];
  const details = (error?.extensions.details ?? []).map(({ field, code }) => `${field} ${code}`);
  return { status, code: error?.extensions.code, details, message: error?.message ?? '' };
}

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const inCamelCase = (fields: object): object => Object.fromEntries(Object.entries(fields).map(([name, value]) => [camelCase(name), value]));

/** A value as it is written in a GraphQL document. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inside]) => `${name}: ${literal(inside)}`)
    .join(', ')}}`;
}

describe('what does not fit a field, over REST and GraphQL', () => {
  const strange: readonly unknown[] = [null, true, 1.5, 'x', [], [{}], {}, 10_000_000_000];
  const create = 'mutation($input: CreateAssetInput!) { createAsset(input: $input) { id } }';

  it.each(['name', 'description', 'life_expectancy', 'purchase_cost', 'purchase_date', 'location_id', 'qr_code_attributes'])(
    'is refused with the same detail by %s',
    async (field) => {
      for (const value of strange) {
        const asset = { name: 'Pump', [field]: value };
        const { status, body } = await app.post('/assets', { asset });
        if (status === 201) continue;
        const details = (body.error.details as Detail[]).map(({ field, code }) => `${camelCase(field.replace(/^asset/, 'input'))} ${code}`);
        const asked = JSON.stringify(asset);
        const byVariable = await refusal(create, { input: inCamelCase(asset) });
        const byLiteral = await refusal(`mutation { createAsset(input: ${literal(inCamelCase(asset))}) { id } }`);
        expect([asked, byVariable.code, ...byVariable.details]).toEqual([asked, body.error.code, ...details]);
        expect([asked, byLiteral.code, ...byLiteral.details]).toEqual([asked, body.error.code, ...details]);
      }
    },
  );

  it('is told in words for people, of all fields at once', async () => {
    const wrong = await refusal(create, { input: { name: 1, colour: 'red', purchaseCost: true } });
    expect(wrong).toMatchObject({
      status: 422,
      message: 'input.colour: there is no such field (and 2 more)',
      details: ['input.colour unknown_field', 'input.name not_text', 'input.purchaseCost not_a_number'].sort(),
    });
    expect((await refusal(create, {})).details).toEqual(['input required']);
    expect((await refusal('mutation { createAsset { id } }')).details).toEqual(['input required']);
    expect((await refusal('{ assets(first: "x", filter: {archived: {true: 1}}) { totalCount } }')).details).toEqual([
      'first not_an_integer',
    ]);
  });

  it('is refused alike when the same document comes again', async () => {
    const query = `mutation { createAsset(input: {name: true, serialNumber: "${randomUUID()}"}) { id } }`;
    expect(await refusal(query)).toEqual(await refusal(query));
  });

  it('names the argument also where a decision refuses it', async () => {
    const part = await app.post('/parts', { part: { name: 'Filter' } }).expect(201);
    const order = await app.post('/work_orders', { work_order: { title: 'Work' } }).expect(201);
    for (const [query, details] of [
      ['createPart(input: {name: "x", measurementUnitId: 987654321})', ['input.measurementUnitId not_found']],
      ['createPart(input: {name: "x", onHandQty: 1})', ['input.unitCost required']],
      [`updatePart(input: {id: ${part.data.id}, storeroomId: 987654321})`, ['input.storeroomId not_found']],
      ['createWorkOrder(input: {title: "x", assetId: 987654321})', ['input.assetId not_found']],
      [`updateWorkOrder(input: {id: ${order.data.id}, completedAt: "2099-01-01T00:00:00Z"})`, ['input.completedAt out_of_range']],
      [`recordOtherCost(input: {workOrderId: ${order.data.id}, amount: 1, categoryId: 987654321})`, ['input.categoryId not_found']],
    ] as const) {
      const refused = await refusal(`mutation { ${query} { id } }`);
      expect([query, ...refused.details]).toEqual([query, ...details]);
      expect(refused.message).toMatch(/^input\./);
    }
  });
});

describe('what a refusal says of a second field', () => {
  it('is its name in GraphQL, and in REST its name there', async () => {
    const order = (await app.post('/work_orders', { work_order: { title: 'Work' } }).expect(201)).data.id;
    const messages = async (query: string): Promise<string[]> => {
      const { body } = await app.graphqlAnswer(`mutation { ${query} { id } }`);
      const [{ message, extensions }] = body.errors;
      return [message, ...(extensions.details as Detail[]).map((detail) => detail.message)];
    };
    const starts = 'title: "Filters", startDate: "2030-01-02T09:00:00Z"';
    const before = 'must not lie before startDate';
    const beside = "is given beside the schedule's own procedureTemplateIds; give one of the two";
    expect(await messages(`createPmSchedule(input: {${starts}, endDate: "2030-01-01"})`)).toEqual([`input.endDate ${before}`, before]);
    expect(
      await messages(`createPmSchedule(input: {${starts}, procedureTemplateIds: [], templateWorkOrder: {procedureTemplateIds: []}})`),
    ).toEqual([`input.templateWorkOrder.procedureTemplateIds: ${beside}`, beside]);
    expect((await messages(`logLabor(input: {workOrderId: ${order}, startedAt: "2026-03-02T09:00:00Z", rate: 1})`)).at(-1)).toBe(
      'must be given beside startedAt',
    );
    const asset = (await app.post('/assets', { asset: { name: 'Press' } }).expect(201)).data.id;
    expect((await messages(`createWorkOrder(input: {title: "x", assetId: ${asset}, asset: {qrCode: "a"}})`)).at(-1)).toBe(
      'must not stand beside assetId',
    );
    expect((await messages('createWorkOrder(input: {title: "x", asset: {qrCode: "a", code: "b"}})')).at(-1)).toBe(
      'must name the asset by one of code, qrCode',
    );
    expect((await messages('createWorkOrderRequest(input: {title: "x", status: rejected})'))[0]).toMatch(/^input\.rejectionReason must/);
    // What is no field stays as it is, whatever it looks like.
    const key = `erp_key_${order}`;
    await app.graphql(`mutation { createPart(input: {name: "Seal", externalReference: "${key}"}) { id } }`);
    const [message, detail] = await messages(`createPart(input: {name: "Seal", externalReference: "${key}"})`);
    expect(message).toBe('Another part has this external reference.');
    expect(detail).toContain(`"${key}" is the reference of part `);
    const schedule = { title: 'Filters', start_date: '2030-01-02T09:00:00Z', end_date: '2030-01-01' };
    expect((await app.post('/pm_schedules', { pm_schedule: schedule })).error.details).toEqual([
      { field: 'pm_schedule.end_date', code: 'out_of_range', message: 'must not lie before start_date' },
    ]);
  });
});

describe('a document that is too much', () => {
  const refusedAs = async (query: string, variables?: object): Promise<string> => (await refusal(query, variables)).details.join();
  const many = (count: number, text: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ');

  it.each([
    ['long', `{ __typename ${' '.repeat(100_000)} }`, 'query too_long'],
    ['nested in brackets that never close', `{ a(b: ${'['.repeat(90_000)}`, 'query too_deep'],
    ['nested in values', `{ location(id: ${'['.repeat(80)}${']'.repeat(80)}) { id } }`, 'query too_deep'],
    ['full of operations', many(51, (index) => `query a${index} { __typename }`), 'query too_many_operations'],
    [
      'asking about the schema again and again',
      `{ ${many(4, (index) => `a${index}: __schema { types { name } }`)} }`,
      'query too_many_aliases',
    ],
    ['full of aliases below the schema', `{ __schema { ${many(4, (index) => `a${index}: types { name }`)} } }`, 'query too_many_aliases'],
  ])('is refused when it is %s', async (_, query, details) => {
    expect(await refusedAs(query)).toBe(details);
  });

  it('may have brackets in its texts and comments', async () => {
    const text = '[{('.repeat(100);
    const query = `{ # ${text}\n locations(search: "${text}\\"${text}") { totalCount } parts(search: """${text}\\"""${text}""") { totalCount } }`;
    expect(await app.graphql(query)).toEqual({ locations: { totalCount: 0 }, parts: { totalCount: 0 } });
  });

  it('gets a short answer, however many fields of a variable there are not', async () => {
    const input = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`nameOf${index}`, 'x'.repeat(100)]));
    const query = 'mutation($input: CreateAssetInput!) { createAsset(input: $input) { id } }';
    const { body } = await app.graphqlAnswer(query, { input });
    expect(body.errors).toHaveLength(1);
    expect(JSON.stringify(body).length).toBeLessThan(20_000);
  });
});
