import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Row = Readonly<{ id: number; name: string }>;

const create = async (fields: object): Promise<Row> => (await app.post('/locations', { location: fields }).expect(201)).data as Row;
const named = async (names: readonly string[]): Promise<void> => {
  const ops = names.map((name) => ({ method: 'POST', url: '/api/v1/locations', params: { location: { name } } }));
  const { body } = await app.post('/batch', { ops, sequential: true }).expect(200);
  expect(body.results.map(({ status }: { status: number }) => status)).toEqual(names.map(() => 201));
};
const query = (parameters: Readonly<Record<string, string>>): string => new URLSearchParams(parameters).toString();
const names = async (parameters: Readonly<Record<string, string>>): Promise<string[]> =>
  ((await app.get(`/locations?${query(parameters)}`).expect(200)).data as Row[]).map(({ name }) => name);

describe('a name', () => {
  it('is stored without blanks around it, and composed', async () => {
    const tag = randomUUID();
    const { id, name } = await create({ name: ` \u00a0Va\u0301lvula ${tag}\t ` });
    expect(name).toBe(`V\u00e1lvula ${tag}`);
    expect((await app.patch(`/locations/${id}`, { location: { name: `Vá ${tag} ` } }).expect(200)).data.name).toBe(`V\u00e1 ${tag}`);
    const { createLocation } = await app.graphql(`mutation { createLocation(input: {name: " e\u0301 ${tag} "}) { name } }`);
    expect(createLocation.name).toBe(`\u00e9 ${tag}`);
    expect((await app.post('/locations', { location: { name: '\u3000' } }).expect(422)).error.details[0].code).toBe('required');
  });

  it.each([
    ['parts', 'part', 'name', {}],
    ['work_orders', 'work_order', 'title', {}],
    ['users', 'user', 'surname', { name: 'x' }],
    ['measurement_units', 'measurement_unit', 'short_name', { name: 'x' }],
  ])('also of %s', async (path, root, field, fields) => {
    const { data } = await app.post(`/${path}`, { [root]: { ...fields, [field]: ' e\u0301 ' } }).expect(201);
    expect(data[field]).toBe('\u00e9');
  });

  it('is found by either spelling, and everything else comes back as it was given', async () => {
    const tag = randomUUID();
    const description = ` e\u0301 ${tag} \n`;
    const { id } = await create({ name: `e\u0301 ${tag}`, description });
    expect((await app.get(`/locations/${id}`).expect(200)).data.description).toBe(description);
    for (const spelled of [`e\u0301 ${tag}`, `\u00e9 ${tag}`, ` \u00e9 ${tag}`])
      expect(await names({ 'filter[name]': spelled })).toEqual([`\u00e9 ${tag}`]);
    expect(await names({ 'filter[description]': description })).toHaveLength(1);
    // What is kept as it was typed equals nothing else.
    for (const other of [description.trim(), description.normalize('NFC'), `${description} `])
      expect(await names({ 'filter[description]': other })).toEqual([]);
    await create({ name: 'x', description: `typed ${tag}` });
    expect(await names({ 'filter[description]': ` typed ${tag}` })).toEqual([]);
    expect(await names({ 'filter[description_in][]': `typed ${tag}\n` })).toEqual([]);
    const { locations } = await app.graphql('query ($text: String) { locations(filter: {description: {eq: $text}}) { totalCount } }', { text: ` typed ${tag}` }); // prettier-ignore
    expect(locations.totalCount).toBe(0);
    expect(await names({ 'filter[name_not_eq]': `e\u0301 ${tag}`, 'filter[description]': description })).toEqual([]);
  });
});

describe('what an order shows by a name', () => {
  const spellings = (name: string): string[] => [name, name.normalize('NFD'), ` ${name}\u00a0`];

  it('is found by each spelling of it: its status, and its procedures', async () => {
    const name = `Caf\u00e9 ${randomUUID()}`;
    const made = async (path: string, root: string, fields: object) => (await app.post(path, { [root]: { name, ...fields } }).expect(201)).data.id as number; // prettier-ignore
    const status_id = await made('/work_order_statuses', 'work_order_status', { kind: 'open' });
    const procedure_template_ids = [await made('/procedure_templates', 'procedure_template', {})];
    const { id } = (await app.post('/work_orders', { work_order: { title: 'x', status_id, procedure_template_ids } }).expect(201)).data;
    const found = async (path: string, filter: string, value: string) => (await app.get(`${path}?${query({ [filter]: value })}`).expect(200)).data as Row[]; // prettier-ignore
    for (const spelled of spellings(name)) expect(await found(`/work_orders/${id}/procedures`, 'filter[name]', spelled)).toMatchObject([{ name }]); // prettier-ignore
    for (const spelled of spellings(name.replace(' ', '_'))) expect(await found('/work_orders', 'filter[status]', spelled)).toMatchObject([{ id }]); // prettier-ignore
    // With its blanks, as answers show it, and in any case.
    expect((await app.get(`/work_orders/${id}`).expect(200)).data.status.name).toBe(name);
    for (const spelled of [...spellings(name), name.toUpperCase()]) {
      expect(await found('/work_orders', 'filter[status]', spelled)).toMatchObject([{ id }]);
      expect(await found('/work_orders', 'filter[status_in][]', spelled)).toMatchObject([{ id }]);
      expect(await found('/work_orders', 'filter', JSON.stringify({ id, status_not_eq: spelled }))).toEqual([]);
      const { workOrders } = await app.graphql('query ($name: String) { workOrders(filter: {status: {eq: $name}}) { nodes { id status { name } } } }', { name: spelled }); // prettier-ignore
      expect(workOrders.nodes).toEqual([{ id: String(id), status: { name } }]);
    }
  });

  it('is found in one word, and by itself, where its status has several blanks in a row', async () => {
    const word = randomUUID();
    const name = `Waits  for   ${word}`;
    const { id: status_id } = (await app.post('/work_order_statuses', { work_order_status: { name, kind: 'open' } }).expect(201)).data;
    const { id } = (await app.post('/work_orders', { work_order: { title: 'x', status_id } }).expect(201)).data;
    for (const spelled of [name, `waits_for_${word}`, `waits__for___${word}`, `WAITS FOR ${word}`])
      expect((await app.get(`/work_orders?${query({ 'filter[status]': spelled })}`).expect(200)).data).toMatchObject([{ id }]);
  });
});

describe('an external reference', () => {
  it.each([
    ['locations', 'location', { name: 'x' }],
    ['users', 'user', { name: 'x' }],
    ['parts', 'part', { name: 'x' }],
    ['work_orders', 'work_order', { title: 'x' }],
  ])('of %s is one in all its spellings, and never empty', async (path, root, fields) => {
    const tag = randomUUID();
    const send = (external_reference: unknown) => app.post(`/${path}`, { [root]: { ...fields, external_reference } });
    const { id } = (await send(` e\u0301 ${tag}`).expect(201)).data as { id: number };
    for (const spelled of [`\u00e9 ${tag}`, `e\u0301 ${tag}`, `\u00e9 ${tag}\n`])
      expect((await send(spelled).expect(409)).error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id });
    const other = (await send(null).expect(201)).data as { id: number };
    const given = (external_reference: unknown) => app.patch(`/${path}/${other.id}`, { [root]: { external_reference } });
    expect((await given(`e\u0301 ${tag} `).expect(409)).error.code).toBe('DUPLICATE_REFERENCE');
    for (const empty of ['', '  ', '\u00a0'])
      for (const { error } of [await send(empty).expect(422), await given(empty).expect(422)])
        expect(error.details).toEqual([expect.objectContaining({ field: `${root}.external_reference`, code: 'required' })]);
    expect((await app.get(`/${path}?${query({ external_reference: `e\u0301 ${tag}` })}`).expect(200)).data).toHaveLength(1);
    await given(null).expect(200);
  });

  it('of a cost is never empty either', async () => {
    const { id } = (await app.post('/work_orders', { work_order: { title: 'x' } }).expect(201)).data as { id: number };
    const { error } = await app.post(`/work_orders/${id}/other_costs`, { other_cost: { amount: 1, external_reference: '' } }).expect(422);
    expect(error.details[0]).toMatchObject({ field: 'other_cost.external_reference', code: 'required' });
  });
});

describe('a list of text', () => {
  it('is searched without regard to case and accents', async () => {
    const tag = randomUUID().slice(0, 8);
    await named([`VÁLVULA ${tag}`, `Straße ${tag}`, `100% ${tag}`, `a_b ${tag}`]);
    const found = async (search: string): Promise<string[]> =>
      (await names({ search, 'filter[name_cont]': tag })).map((name) => name.slice(0, -9));
    expect(await found('valvula')).toEqual(['VÁLVULA']);
    expect(await found('Va\u0301lvula')).toEqual(['VÁLVULA']);
    expect(await found('STRASSE')).toEqual(['Straße']);
    expect(await found('%')).toEqual(['100%']);
    expect(await found('A_B')).toEqual(['a_b']);
    for (const filter of ['filter[name_cont]', 'filter[name_i_cont]', 'filter[name_start]'])
      expect(await names({ [filter]: 'valvula', search: tag })).toEqual([`VÁLVULA ${tag}`]);
    expect(await names({ 'filter[name_end]': `lvula ${tag.toUpperCase()}` })).toEqual([`VÁLVULA ${tag}`]);
    expect(await names({ 'filter[name_not_cont]': 'VALVULA', search: tag, sort: 'name' })).not.toContain(`VÁLVULA ${tag}`);
    const { locations } = await app.graphql(`{ locations(search: "valvula", filter: {name: {end: "${tag}"}}) { nodes { name } } }`);
    expect(locations.nodes).toEqual([{ name: `VÁLVULA ${tag}` }]);
  });

  it('is sorted as people sort, digits by what they count', async () => {
    const tag = randomUUID();
    const ordered = ['Pump', 'Pümp', 'pump 2', 'Pump 9', 'Pump 10', 'Zange', 'zaṅge', 'Ω'].map((name) => `${tag} ${name}`);
    await named([...ordered].reverse());
    expect(await names({ 'filter[name_start]': tag, sort: 'name' })).toEqual(ordered);
    expect(await names({ 'filter[name_start]': tag, sort: 'name desc' })).toEqual([...ordered].reverse());
  });

  it.each(['name asc', 'name desc', 'description asc,name desc', 'description desc'])(
    'is walked by cursors without a gap, by %s',
    async (sort) => {
      const tag = randomUUID();
      // Names that differ in the last instance only, or not at all.
      const awkward = [
        'a',
        'A',
        'á',
        'Á',
        'a',
        'A',
        'ａ',
        '1',
        '01',
        '1',
        '１',
        '10',
        '9',
        'ß',
        'ss',
        'SS',
        'ß',
        '-',
        '',
        '~',
        'Å',
        'å',
        '한',
        '日本',
        '💥',
        "'",
        '"',
        '%',
        '\\',
      ];
      const ops = awkward.map((name, index) => ({
        method: 'POST',
        url: '/api/v1/locations',
        params: { location: { name: `${tag} ${name}.`, ...(index % 3 > 0 && { description: awkward[index % 7] }) } },
      }));
      await app.post('/batch', { ops, sequential: true }).expect(200);
      const all = async (more: Readonly<Record<string, string>>): Promise<Row[]> => {
        const rows: Row[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const { data, meta } = await app
            .get(`/locations?${query({ 'filter[name_start]': tag, sort, ...more, ...(cursor && { cursor }) })}`)
            .expect(200);
          rows.push(...(data as Row[]));
          cursor = meta.pagination.next_cursor as string | null;
        }
        return rows;
      };
      const atOnce = (await all({ per_page: '1000' })).map(({ id }) => id);
      expect(atOnce).toHaveLength(awkward.length);
      for (const per_page of ['1', '4']) expect((await all({ per_page })).map(({ id }) => id)).toEqual(atOnce);
    },
  );
});
