import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Refused = Readonly<{ status: number; error?: Readonly<{ details: readonly { field: string; code: string }[] }> }>;
const problemsOf = ({ status, error }: Refused) => [status, error?.details.map(({ field, code }) => `${field} ${code}`)];
const saveTemplate = (fields: object) => app.post('/procedure_templates', { procedure_template: { name: 'Audit', ...fields } });
const changeTemplate = (id: number, fields: object) => app.patch(`/procedure_templates/${id}`, { procedure_template: fields });

const ofItems = ({ data }: { data: { items: { id: number; name: string }[] } }): string[] =>
  data.items.map(({ id, name }) => `${id} ${name}`);

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
        { id: 3, name: 'Compressor', index: 0, item_type: 'heading', options: none, ...files },
        { id: 1, index: 1, item_type: 'multiple_choice', options: { ...none, choices: ['Routine', 'Emergency'], required: true } },
        { id: 2, index: 2, item_type: 'number', options: { ...none, unit: 'bar', min: 1.5, max: 4.000001, hint: 'At the gauge' } },
      ],
      created_by_id: 1,
      updated_by_id: 1,
    });
    expect((await app.get(`/procedure_templates/${made.data.id}`)).data).toEqual(made.data);
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
    const items = [
      { id: 3, _destroy: true },
      { id: 1, index: 9 },
      { name: 'D', item_type: 'date' },
    ];
    expect(ofItems(await changeTemplate(path, { items }).expect(200))).toEqual(['2 B', '4 D', '1 A']);
    expect(ofItems(await changeTemplate(path, { name: 'Other', items: [] }).expect(200))).toEqual(['2 B', '4 D', '1 A']);
    await changeTemplate(path, { items: [{ id: 2, item_type: 'checklist', options: { choices: ['x', 'y'] } }] }).expect(200);
    expect(
      problemsOf(
        await changeTemplate(path, {
          items: [
            { id: 4, name: 'E' },
            { id: 2, item_type: 'text' },
          ],
        }),
      ),
    ).toEqual([422, ['procedure_template.items.1.options.choices not_for_item_type']]);
    expect(problemsOf(await changeTemplate(path, { items: [{ id: 3, name: 'E' }] }))).toEqual([
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
    [{ name: 'A', item_type: 'checklist', options: { choices: Array.from({ length: 101 }, String) } }, 'options.choices too_many'],
    [{ name: 'A', item_type: 'number', options: { min: 1, max: 0.9 } }, 'options.max out_of_range'],
    [{ name: 'A', item_type: 'number', options: { colour: 'red' } }, 'options.colour unknown_field'],
    [{ name: 'A', item_type: 'heading', options: { required: true } }, 'options.required not_for_item_type'],
  ])('refuses the item %j', async (item, problem) =>
    expect(problemsOf(await saveTemplate({ items: [{ name: 'Fine', item_type: 'text' }, item] }))).toEqual([
      422,
      [`procedure_template.items.1.${problem}`],
    ]),
  );

  it('takes a hundred items and no more, and none of them more than an order can copy', async () => {
    const items = Array.from({ length: 100 }, (_, index) => ({ name: `Item ${index}`, item_type: 'text' }));
    const { data } = await saveTemplate({ items }).expect(201);
    expect(problemsOf(await changeTemplate(data.id, { items: [{ name: 'One more', item_type: 'text' }] }))).toEqual([
      422,
      ['procedure_template.items too_many'],
    ]);
    const long = items.map(({ name }, index) => ({ id: index + 1, name: `${name} ${'x'.repeat(600)}` }));
    expect((await changeTemplate(data.id, { items: long })).error).toMatchObject({ code: 'EVENT_TOO_LARGE' });
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
