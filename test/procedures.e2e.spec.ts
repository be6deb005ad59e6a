import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Refused = Readonly<{ status: number; error?: Readonly<{ details: readonly { field: string; code: string }[] }> }>;
const problemsOf = ({ status, error }: Refused) => [status, error?.details.map(({ field, code }) => `${field} ${code}`)];
const saveTemplate = (fields: object) => app.post('/procedure_templates', { procedure_template: { name: 'Audit', ...fields } });
const changeTemplate = (id: number, fields: object) => app.patch(`/procedure_templates/${id}`, { procedure_template: fields });

type WithItems = Readonly<{ data: Readonly<{ items: readonly { id: number; name: string }[] }> }>;
const namesIn = ({ data }: WithItems): string[] => data.items.map(({ name }) => name);
const idsIn = ({ data }: WithItems): number[] => data.items.map(({ id }) => id);

describe('a procedure template', () => {
  it('shows its items in the order of their index, each with all that belongs to its answer', async () => {
    const made = await saveTemplate({
      description: 'Before the season',
      items: [
        { name: 'Inspection Type', item_type: 'multiple_choice', options: { choices: ['Routine', ' Emergency '], required: true } },
        { name: 'Pressure', item_type: 'number', options: { min: 1.5, max: '4.000001', unit: 'bar', hint: 'At the gauge' } },
        { name: 'Compressor', item_type: 'heading', index: 0 },
      ],
    }).expect(201);
    const none = { choices: [], required: false, unit: null, min: null, max: null, hint: null };
    const files = { images: [], documents: [] };
    expect(made.data).toMatchObject({
      name: 'Audit',
      description: 'Before the season',
      items: [
        { name: 'Compressor', index: 0, item_type: 'heading', options: none, ...files },
        { index: 1, item_type: 'multiple_choice', options: { ...none, choices: ['Routine', 'Emergency'], required: true } },
        { index: 2, item_type: 'number', options: { ...none, unit: 'bar', min: 1.5, max: 4.000001, hint: 'At the gauge' } },
      ],
      created_by_id: 1,
      updated_by_id: 1,
    });
    const read = await app.get(`/procedure_templates/${made.data.id}`);
    expect(read.data).toEqual(made.data);
    const tag = (await changeTemplate(made.data.id, { items: read.data.items }).expect(200)).headers.get('etag');
    expect(tag).toBe(read.headers.get('etag'));
    const [row] = (await app.get(`/procedure_templates?filter[id_eq]=${made.data.id}`)).data;
    expect(row).toMatchObject({ name: 'Audit', created_by: { id: 1, surname: null }, updated_by: { id: 1 } });
    expect(row).not.toHaveProperty('items');
    expect(
      await app.graphql(`{ procedureTemplate(id: ${made.data.id}) { items { name itemType options { min max choices required } } } }`),
    ).toMatchObject({
      procedureTemplate: { items: [{}, {}, { itemType: 'number', options: { min: '1.5', max: '4.000001', choices: [] } }] },
    });
  });

  it('keeps the items that a change does not name, and gives no id twice', async () => {
    const made = await saveTemplate({ items: ['A', 'B', 'C'].map((name) => ({ name, item_type: 'text' })) }).expect(201);
    const path = made.data.id as number;
    const [a = 0, b = 0, c = 0] = idsIn(made);
    const items = [
      { id: c, _destroy: true },
      { id: a, index: 9 },
      { name: 'D', item_type: 'date' },
    ];
    const changed = await changeTemplate(path, { items }).expect(200);
    const d = idsIn(changed)[1] ?? 0;
    expect([namesIn(changed), idsIn(changed)]).toEqual([
      ['B', 'D', 'A'],
      [b, d, a],
    ]);
    expect(d).toBeGreaterThan(c);
    expect(namesIn(await changeTemplate(path, { name: 'Other', items: [] }).expect(200))).toEqual(['B', 'D', 'A']);
    await changeTemplate(path, { items: [{ id: b, item_type: 'checklist', options: { choices: ['x', 'y'] } }] }).expect(200);
    expect(
      problemsOf(
        await changeTemplate(path, {
          items: [
            { id: d, name: 'E' },
            { id: b, item_type: 'text' },
          ],
        }),
      ),
    ).toEqual([422, ['procedure_template.items.1.options.choices not_for_item_type']]);
    expect(problemsOf(await changeTemplate(path, { items: [{ id: c, name: 'E' }] }))).toEqual([
      422,
      ['procedure_template.items.0.id not_found'],
    ]);
  });

  it.each([
    [{ item_type: 'text' }, 'name required'],
    [{ name: 'A' }, 'item_type required'],
    [{ name: 'A', item_type: 'poem' }, 'item_type not_a_choice'],
    [{ name: 'A', item_type: 'checklist', options: { choices: ['one'] } }, 'options.choices too_few'],
    [{ name: 'A', item_type: 'checklist', options: { choices: ['one', 'one '] } }, 'options.choices not_unique'],
    [
      { name: 'A', item_type: 'checklist', options: { choices: Array.from({ length: 101 }, (_, choice) => `Choice ${choice}`) } },
      'options.choices too_many',
    ],
    [{ name: 'A', item_type: 'number', options: { min: 1, max: 0.9 } }, 'options.max out_of_range'],
    [{ name: 'A', item_type: 'number', options: { colour: 'red' } }, 'options.colour unknown_field'],
    [{ name: 'A', item_type: 'heading', options: { required: true } }, 'options.required not_for_item_type'],
  ])('refuses the item %j: %s', async (item, problem) =>
    expect(problemsOf(await saveTemplate({ items: [{ name: 'Fine', item_type: 'text' }, item] }))).toEqual([
      422,
      [`procedure_template.items.1.${problem}`],
    ]),
  );

  it('takes a hundred items and no more, and none of them more than an order can copy', async () => {
    const items = Array.from({ length: 100 }, (_, index) => ({ name: `Item ${index}`, item_type: 'text' }));
    const made = await saveTemplate({ items }).expect(201);
    const { data } = made;
    expect(problemsOf(await changeTemplate(data.id, { items: [{ name: 'One more', item_type: 'text' }] }))).toEqual([
      422,
      ['procedure_template.items too_many'],
    ]);
    const long = idsIn(made).map((id, index) => ({ id, name: `Item ${index} ${'x'.repeat(600)}` }));
    const refused = await changeTemplate(data.id, { items: long });
    expect([refused.error.code, ...problemsOf(refused)]).toEqual(['EVENT_TOO_LARGE', 422, ['procedure_template.items too_many']]);
  });

  it('belongs to its site, can be archived and brought back, and is found again by an own key', async () => {
    const { data } = await saveTemplate({ name: 'Annual', external_reference: 'annual-audit' }).expect(201);
    expect((await saveTemplate({ external_reference: 'annual-audit' })).error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: data.id });
    await app.delete(`/procedure_templates/${data.id}`).expect(204);
    expect((await changeTemplate(data.id, { name: 'X' })).error.code).toBe('CONFLICT');
    await app.patch(`/procedure_templates/${data.id}/unarchive`).expect(200);
    const site = (await app.post('/entities', { entity: { name: 'Elsewhere' } }).expect(201)).data.id as number;
    expect((await app.get(`/procedure_templates/${data.id}`, { 'x-entity-id': String(site) })).status).toBe(404);
  });
});

const inspection = [
  { name: 'Type', item_type: 'multiple_choice', options: { choices: ['Routine', 'Emergency'] } },
  { name: 'Pressure', item_type: 'number', options: { required: true, min: 1.5, max: 4, unit: 'bar' } },
  { name: 'Last look', item_type: 'heading' },
  { name: 'Signed', item_type: 'signature', options: { required: true } },
];
const template = async (items: object[] = inspection, name = 'Inspection'): Promise<number> =>
  (await saveTemplate({ name, items }).expect(201)).data.id;
const itemsOfTemplate = async (id: number): Promise<number[]> => idsIn(await app.get(`/procedure_templates/${id}`));
const open = async (...procedure_template_ids: number[]) =>
  (await app.post('/work_orders', { work_order: { title: 'Inspect', procedure_template_ids } }).expect(201)).data as {
    id: number;
    procedures: { id: number }[];
  };
/** An order that follows one template, its procedure, and the ids of that one's items in their order. */
const ordered = async (items?: object[]): Promise<readonly [order: number, path: string, items: number[]]> => {
  const { id, procedures } = await open(await template(items));
  const path = `/work_orders/${id}/procedures/${procedures[0]?.id}`;
  return [id, path, idsIn(await app.get(path).expect(200))];
};
const change = (order: number, fields: object) => app.patch(`/work_orders/${order}`, { work_order: fields });
const answer = (path: string, ...answers: object[]) => app.patch(path, { answers });
const nameOfEvents = async (order: number): Promise<string[]> =>
  (await app.get(`/audit_trail?filter[stream_eq]=workOrder-${order}&sort=position`)).data.map(({ type }: { type: string }) => type);

describe('an order that follows procedure templates', () => {
  it('has copies of their items as they were when they were named', async () => {
    const first = await template();
    const second = await template([{ name: 'Note', item_type: 'text' }], 'Notes');
    const order = await open(first);
    const [type = 0, pressure = 0] = await itemsOfTemplate(first);
    await changeTemplate(first, { name: 'Renamed', items: [{ id: pressure, name: 'Other' }] }).expect(200);
    const copied = { name: 'Inspection', procedure_template_id: first, completed_at: null };
    expect(order.procedures).toMatchObject([copied]);
    const both = (await change(order.id, { procedure_template_ids: [second, first] }).expect(200)).data.procedures;
    expect(both).toMatchObject([copied, { name: 'Notes', procedure_template_id: second }]);
    // Byte for byte.
    expect(JSON.stringify((await app.get(`/work_orders/${order.id}`)).data.procedures)).toBe(JSON.stringify(both));
    const listed = (await app.get(`/work_orders/${order.id}/procedures`)).data;
    expect(listed).toMatchObject([
      {
        ...copied,
        work_order_id: order.id,
        items: [
          { template_item_id: type, name: 'Type', index: 1, item_type: 'multiple_choice', value: null, out_of_range: false },
          {
            template_item_id: pressure,
            name: 'Pressure',
            options: { required: true, min: 1.5, max: 4, unit: 'bar' },
            answered_at: null,
            answered_by: null,
          },
          { item_type: 'heading' },
          { item_type: 'signature' },
        ],
      },
      { name: 'Notes' },
    ]);
    expect((await change(order.id, { procedure_template_ids: [second] }).expect(200)).data.procedures).toEqual([both[1]]);
    expect((await app.get(`/work_orders/${order.id}/procedures/${both[0].id}`)).status).toBe(404);
    expect((await change(order.id, { procedure_template_ids: null }).expect(200)).data.procedures).toEqual([]);
  });

  it('numbers the items of all of them, and of their templates, each once and for ever', async () => {
    const [first, second] = [await template(), await template()];
    const key = { 'idempotency-key': randomUUID() };
    const order = { title: 'Inspect', procedure_template_ids: [first, second] };
    const begun = await app.post('/work_orders', { work_order: order }, key).expect(201);
    const again = await app.post('/work_orders', { work_order: order }, key).expect(201);
    expect(again.data.procedures).toEqual(begun.data.procedures);
    const asked = (await app.get(`/work_orders/${begun.data.id}/procedures`)).data as WithItems['data'][];
    const [, path] = await ordered();
    const copied = [...asked.flatMap((data) => idsIn({ data })), ...idsIn(await app.get(path))];
    expect(new Set(copied).size).toBe(12);
    expect(new Set([...(await itemsOfTemplate(first)), ...(await itemsOfTemplate(second))]).size).toBe(8);
  });

  it('begins with no more of them than its request or its alarm can say at once, and is told so by the name of the field', async () => {
    const large = Array.from({ length: 80 }, (_, index) => ({ name: `${index} ${'x'.repeat(450)}`, item_type: 'text' }));
    const procedure_template_ids = [await template(large), await template(large)];
    const said = { title: 'Overhaul', procedure_template_ids };
    const problem = [422, ['work_order.procedure_template_ids too_many']];
    const request = (await app.post('/work_order_requests', { work_order_request: { title: 'Noise' } }).expect(201)).data.id;
    const refused = [
      await app.post(`/work_order_requests/${request}/convert`, { work_order: said }),
      await app.post('/work_orders', { work_order: { ...said, work_order_request_id: request } }),
      await app.post('/work_orders', { work_order: { ...said, dedup_key: randomUUID() } }),
    ];
    for (const answer of refused) expect([answer.error.code, ...problemsOf(answer)]).toEqual(['EVENT_TOO_LARGE', ...problem]);
    const asked = `id: ${request}, procedureTemplateIds: [${procedure_template_ids.join(', ')}]`;
    const { body } = await app.graphqlAnswer(`mutation { convertWorkOrderRequest(input: { ${asked} }) { id } }`);
    expect(body.errors[0]).toMatchObject({ extensions: { code: 'EVENT_TOO_LARGE', details: [{ field: 'input.procedureTemplateIds' }] } });
    expect((await app.get(`/work_order_requests/${request}`)).data).toMatchObject({ status: 'open', work_order_id: null });
    // What it says to do instead.
    const { data } = await app.post(`/work_order_requests/${request}/convert`).expect(201);
    expect((await change(data.id, { procedure_template_ids }).expect(200)).data.procedures).toHaveLength(2);
    expect((await app.post('/work_orders', { work_order: said }).expect(201)).data.procedures).toHaveLength(2);
  });

  it('is refused a template twice, one that there is not, and one that is archived', async () => {
    const id = await template();
    const order = (await open(id)).id;
    const field = 'work_order.procedure_template_ids';
    expect(problemsOf(await change(order, { procedure_template_ids: [id, id] }))).toEqual([422, [`${field} not_unique`]]);
    expect(problemsOf(await change(order, { procedure_template_ids: [id, 987654321] }))).toEqual([422, [`${field} not_found`]]);
    await app.delete(`/procedure_templates/${id}`).expect(204);
    await change(order, { procedure_template_ids: [id] }).expect(200);
    const again = await app.post('/work_orders', { work_order: { title: 'X', procedure_template_ids: [id] } });
    expect(problemsOf(again)).toEqual([422, [`${field} archived`]]);
    expect(await nameOfEvents(order)).toEqual(['WorkOrderOpened', 'ProcedureAdded']);
  });

  it('counts for its template while it is neither archived nor cancelled', async () => {
    const id = await template();
    const counted = async () => (await app.get(`/procedure_templates/${id}`)).data.assignment_count;
    expect(await counted()).toMatchObject({ work_orders: 0 });
    const [one, two, three] = [(await open(id)).id, (await open(id)).id, (await open(id)).id];
    expect(await counted()).toMatchObject({ work_orders: 3 });
    await change(one, { status_id: 4 }).expect(200);
    await change(two, { status_id: 5 }).expect(200);
    expect((await app.get(`/procedure_templates?filter[id_eq]=${id}`)).data).toMatchObject([{ assignment_count: { work_orders: 2 } }]);
    await app.delete(`/work_orders/${three}`).expect(204);
    expect(await counted()).toMatchObject({ work_orders: 1 });
    expect(await app.graphql(`{ procedureTemplate(id: ${id}) { assignmentCount { workOrders } } }`)).toEqual({
      procedureTemplate: { assignmentCount: { workOrders: 1 } },
    });
  });
});

describe('a procedure of an order', () => {
  it('is complete with its last required answer, and not once one is taken back', async () => {
    const [order, path, item] = await ordered();
    const said = await answer(path, { item_id: item[1], value: '4.000001' }, { item_id: item[0], value: 'Emergency' }).expect(200);
    expect(said.data).toMatchObject({
      completed_at: null,
      items: [{ value: 'Emergency' }, { value: 4.000001, out_of_range: true }, {}, { value: null }],
    });
    const done = (await answer(path, { item_id: item[3], value: { name: 'Ada' } }).expect(200)).data;
    const { answered_at, ...signed } = done.items[3];
    expect(done.completed_at).toBe(answered_at);
    expect(signed).toMatchObject({
      value: { name: 'Ada', signed_at: answered_at },
      answered_by: { id: 1, name: expect.any(String), surname: null },
    });
    expect((await app.get(path)).data).toEqual(done);
    const later = (await answer(path, { item_id: item[1], value: 2 }).expect(200)).data;
    expect(later).toMatchObject({ completed_at: done.completed_at, items: [{}, { value: 2, out_of_range: false }, {}, {}] });
    expect((await answer(path, { item_id: item[3], value: null }).expect(200)).data.completed_at).toBeNull();
    expect((await app.get(`/work_orders/${order}`)).data.procedures).toMatchObject([{ completed_at: null }]);
    expect((await app.get(path)).data.items[3]).toMatchObject({ value: null, answered_at: null, answered_by: null });
  });

  it('moves the tag of its order, and nothing where it is answered so already', async () => {
    const [order, path, item] = await ordered();
    const tag = (await app.get(path)).headers.get('etag') ?? '';
    expect(tag).toBe((await app.get(`/work_orders/${order}`)).headers.get('etag'));
    const answered = await app.patch(path, { answers: [{ item_id: item[1], value: 2 }] }, { 'if-match': tag }).expect(200);
    expect((await app.patch(path, { answers: [{ item_id: item[1], value: 3 }] }, { 'if-match': tag })).status).toBe(412);
    const repeated = await answer(path, { item_id: item[1], value: '2.0' }).expect(200);
    expect(repeated.headers.get('etag')).toBe(answered.headers.get('etag'));
    expect((await app.get(path)).headers.get('etag')).toBe(answered.headers.get('etag'));
  });

  it('keeps every answer when fifty are given at the same moment', async () => {
    const items = Array.from({ length: 50 }, (_, index) => ({ name: `Item ${index}`, item_type: 'checkbox', options: { required: true } }));
    const [, path, asked] = await ordered(items);
    const answers = await Promise.all(asked.map((item_id) => answer(path, { item_id, value: true }).expect(200)));
    expect(answers.filter(({ data }) => data.completed_at !== null)).toHaveLength(1);
    const { items: shown, completed_at } = (await app.get(path)).data;
    expect(shown.every(({ value }: { value: unknown }) => value === true)).toBe(true);
    expect(completed_at).not.toBeNull();
  });

  it('refuses answers by their places, all of them for one that is wrong', async () => {
    const [order, path, item] = await ordered();
    const wrong = await answer(
      path,
      { item_id: item[1], value: 2 },
      { item_id: item[0], value: 'Never' },
      { item_id: item[2], value: 'x' },
      { item_id: 987654321, value: 1 },
      { item_id: item[3], value: 'Ada' },
      { item_id: item[1] },
      { value: 1 },
    );
    expect(problemsOf(wrong)).toEqual([422, ['answers.6.item_id required']]);
    const form = await answer(
      path,
      { item_id: item[1], value: 'x' },
      { item_id: item[0], value: 'Never' },
      { item_id: item[2], value: 'x' },
      { item_id: 987654321, value: 1 },
      { item_id: item[3] },
    );
    expect(problemsOf(form)).toEqual([
      422,
      [
        'answers.0.value not_a_number',
        'answers.1.value not_a_choice',
        'answers.2.value takes_no_answer',
        'answers.3.item_id not_found',
        'answers.4.value required',
      ],
    ]);
    expect((await app.patch(path, { answers: 'x' })).error.details).toMatchObject([{ field: 'answers', code: 'not_a_list' }]);
    expect((await app.patch(path)).status).toBe(422);
    expect((await answer(`/work_orders/${order}/procedures/987654321`)).status).toBe(404);
    expect((await app.get('/work_orders/987654321/procedures')).status).toBe(404);
    expect(await nameOfEvents(order)).toEqual(['WorkOrderOpened', 'ProcedureAdded']);
  });

  it('stays on its order once it has answers, and takes none when that is closed', async () => {
    const [order, path, item] = await ordered();
    const { id } = (await answer(path, { item_id: item[1], value: 0 }).expect(200)).data;
    expect((await change(order, { procedure_template_ids: [] })).error).toMatchObject({ code: 'PROCEDURE_ANSWERED', id });
    await change(order, { status_id: 5 }).expect(200);
    expect((await answer(path, { item_id: item[1], value: 1 })).error.code).toBe('WORK_ORDER_CLOSED');
    await change(order, { status_id: 1 }).expect(200);
    await answer(path, { item_id: item[1], value: null }).expect(200);
    await change(order, { procedure_template_ids: [] }).expect(200);
  });

  it('keeps the names of those who sign out of the history', async () => {
    const [order, path, item] = await ordered();
    await answer(path, { item_id: item[3], value: { name: 'Augusta King' } }).expect(200);
    const history = (await app.get(`/audit_trail?filter[stream_eq]=workOrder-${order}`)).body;
    expect(JSON.stringify(history)).not.toContain('Augusta');
    expect(history.data[0].data.value ?? history.data.at(-1).data.value).toEqual({
      signature: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('tells no name any more, in no repeat either, once a signature was taken back or given anew', async () => {
    const [order, path, item] = await ordered();
    const signing = (name: string) =>
      app.patch(path, { answers: [{ item_id: item[3], value: { name } }] }, { 'idempotency-key': `by ${name} ${order}` });
    const mutation = `mutation {
      answerProcedure(
        input: { workOrderId: ${order}, procedureId: ${path.split('/').at(-1)}, answers: [{ itemId: ${item[3]}, value: { name: "Grace" } }] }
        idempotencyKey: "over GraphQL ${order}"
      ) { items { value } }
    }`;
    const told = async (): Promise<unknown[]> => [
      (await signing('Augusta').expect(200)).data.items[3].value.name,
      (await app.graphql(mutation)).answerProcedure.items[3].value.name,
      (await signing('Mary').expect(200)).data.items[3].value.name,
    ];
    expect(await told()).toEqual(['Augusta', 'Grace', 'Mary']);
    expect(await told()).toEqual([null, null, 'Mary']);
    await answer(path, { item_id: item[3], value: null }).expect(200);
    expect(await told()).toEqual([null, null, null]);
  });

  it('is sent back as it was read, over either edge, and only what is other in it is answered anew', async () => {
    const types = ['text', 'checkbox', 'yes_no', 'date', 'photo'].map((item_type) => ({ name: item_type, item_type }));
    const checklist = { name: 'Seen', item_type: 'checklist', options: { choices: ['Oil', 'Belt'] } };
    const [order, path, item] = await ordered([...inspection, ...types, checklist]);
    const values = ['Routine', 2.5, null, { name: 'Ada' }, ' as it is ', true, false, '2026-02-28', null, ['Belt']];
    await answer(path, ...item.map((item_id, place) => ({ item_id, value: values[place] }))).expect(200);
    const shown = (await app.get(path)).data as Readonly<{ items: readonly { id: number; value: unknown }[] }>;
    const sent = shown.items.map(({ id, value }) => ({ item_id: id, value }));
    expect((await answer(path, ...sent).expect(200)).data).toEqual(shown);
    const id = path.split('/').at(-1);
    const told = (await app.graphql(`{ procedure(workOrderId: ${order}, id: ${id}) { items { id value } } }`)).procedure;
    const mutation = `mutation ($answers: [ProcedureAnswerInput!]!) {
      answerProcedure(input: { workOrderId: ${order}, procedureId: ${id}, answers: $answers }) { items { id value } }
    }`;
    const answers = told.items.map(({ id, value }: Record<string, unknown>) => ({ itemId: id, value }));
    expect((await app.graphql(mutation, { answers })).answerProcedure).toEqual(told);
    expect((await nameOfEvents(order)).filter((type) => type === 'ProcedureItemAnswered')).toHaveLength(8);

    const { data } = await answer(path, ...sent.map((said) => (said.item_id === item[1] ? { ...said, value: 3 } : said))).expect(200);
    expect(data.items[3]).toEqual(shown.items[3]);
    expect([data.items[1].value, (await nameOfEvents(order)).length]).toEqual([3, 11]);
    const signed_at = '2026-01-01T08:00:00Z';
    expect(problemsOf(await answer(path, { item_id: item[3], value: { name: 'Ada', signed_at } }))).toEqual([422, ['answers.0.value never_changes']]); // prettier-ignore
  });

  it('is answered over GraphQL as over REST, with one effect a key', async () => {
    const [order, path, item] = await ordered();
    const id = path.split('/').at(-1);
    const shown = 'id completedAt procedureTemplate { name } items { id itemType value outOfRange answeredBy { id } options { min } }';
    const mutation = `mutation ($value: AnswerValue) {
      answerProcedure(
        input: { workOrderId: ${order}, procedureId: ${id}, answers: [{ itemId: ${item[1]}, value: 1.25 }, { itemId: ${item[3]}, value: { name: "Ada" } }, { itemId: ${item[0]}, value: $value }] }
        idempotencyKey: "${randomUUID()}"
      ) { ${shown} }
    }`;
    const first = await app.graphql(mutation, { value: 'Routine' });
    expect(first).toMatchObject({
      answerProcedure: {
        completedAt: expect.any(String),
        procedureTemplate: { name: 'Inspection' },
        items: [
          { value: 'Routine', answeredBy: { id: '1' } },
          { value: '1.25', outOfRange: true, options: { min: '1.5' } },
          { value: null, answeredBy: null },
          { value: { name: 'Ada', signedAt: expect.any(String) } },
        ],
      },
    });
    expect(await app.graphql(mutation, { value: 'Routine' })).toEqual(first);
    expect((await nameOfEvents(order)).filter((type) => type === 'ProcedureItemAnswered')).toHaveLength(3);
    expect(
      await app.graphql(`{ procedure(workOrderId: ${order}, id: ${id}) { ${shown} } workOrder(id: ${order}) { procedures { ${shown} } } }`),
    ).toEqual({
      procedure: first.answerProcedure,
      workOrder: { procedures: [first.answerProcedure] },
    });
  });
});

describe('a site that requires procedures', () => {
  it('completes no order with required items open, also one that is new, and names them', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Strict', require_procedures: true } }).expect(201)).data.id as number;
    const here = { 'x-entity-id': String(site) };
    const made = await app
      .post('/procedure_templates', { procedure_template: { name: 'Inspection', items: inspection } }, here)
      .expect(201);
    const order = { title: 'Inspect', procedure_template_ids: [made.data.id] };
    const { id, procedures } = (await app.post('/work_orders', { work_order: order }, here).expect(201)).data;
    const procedure = procedures[0].id as number;
    const path = `/work_orders/${id}/procedures/${procedure}`;
    const [, pressure = 0, , signed = 0] = idsIn(await app.get(path, here).expect(200));
    const complete = () => app.patch(`/work_orders/${id}`, { work_order: { status_id: 5 } }, here);
    const open = (...items: number[]) => items.map((item) => `procedures.${procedure}.items.${item} required`);
    expect((await complete()).error.code).toBe('PROCEDURE_INCOMPLETE');
    expect(problemsOf(await complete())).toEqual([409, open(pressure, signed)]);
    await app.patch(path, { answers: [{ item_id: signed, value: { name: 'Ada' } }] }, here).expect(200);
    expect(problemsOf(await complete())).toEqual([409, open(pressure)]);
    const overGraphql = await app.graphqlAnswer(`mutation { completeWorkOrder(input: { workOrderId: ${id} }) { id } }`, {}, here);
    expect(overGraphql.body.errors[0].extensions).toMatchObject({
      code: 'PROCEDURE_INCOMPLETE',
      details: [{ field: `procedures.${procedure}.items.${pressure}` }],
    });
    const asCompleted = await app.post('/work_orders', { work_order: { ...order, completed_at: '2026-03-02T08:00:00Z' } }, here);
    expect([asCompleted.status, asCompleted.error.code]).toEqual([409, 'PROCEDURE_INCOMPLETE']);
    await app.patch(path, { answers: [{ item_id: pressure, value: 2 }] }, here).expect(200);
    expect((await complete().expect(200)).data.procedures).toMatchObject([{ completed_at: expect.any(String) }]);
    await app.post('/work_orders', { work_order: { ...order, status_id: 4 } }, here).expect(201);
    await app.patch(`/entities/${site}`, { entity: { require_procedures: false } }, here).expect(200);
    await app.post('/work_orders', { work_order: { ...order, status_id: 5 } }, here).expect(201);
  });
});
