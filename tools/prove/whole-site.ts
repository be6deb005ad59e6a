import type { Asker } from './asker.js';

/** Numbers and texts that stand nowhere but in fields that not everybody may see: whoever finds one of them was shown it. */
export const canaries: Readonly<Record<string, readonly string[]>> = {
  'costs:read': ['7001.39', '8002.41', '903.43', '31.37', '29.83', '33.91', '45.97'],
  'rates:read': ['41.57', '52.63', '63.71', '88.13'],
  'people:read': ['canary-mail', '555-0174', 'Canary Steward', 'Canary Wharf'],
};

/** The numbers of what stands at a site, by the collection that it is of: `work_orders`, and `work_orders/parts` for what belongs to one. */
export type WholeSite = Readonly<{ entityId: number; ids: Readonly<Record<string, number>>; texts: Readonly<Record<string, string>> }>;

/** Makes one of everything at a site, with all that can be said of it. The customer's own records are named after the site, too. */
export async function furnish(administrator: Asker, entityId: number, name: string): Promise<WholeSite> {
  const make = async (path: string, root: string, fields: object): Promise<number> =>
    (await administrator.data<{ id: number }>('POST', path, { [root]: fields })).id;
  const user = await make('/users', 'user', {
    ...{ name: `${name} technician`, surname: 'Quill', email: `canary-mail-${name.toLowerCase()}@example.com`, phone_number: '555-0174' },
    ...{ job_title: 'Canary Steward', regular_rate: '41.57', overtime_rate1: '52.63', overtime_rate2: '63.71' },
    permissions_attributes: [{ entity_id: entityId, role: 'technician' }],
  });
  const vendor = await make('/vendors', 'vendor', {
    ...{ name: `${name} vendor`, hourly_rate: '88.13', address: '14 Canary Wharf' },
    vendor_contacts_attributes: [{ name: 'Bob', email: 'canary-mail@vendor.example', phone: '555-0174' }],
  });
  const category = await make('/categories', 'category', { name: `${name} category` });
  const location = await make('/locations', 'location', { name: `${name} hall` });
  const storeroom = await make('/storerooms', 'storeroom', { name: `${name} store`, location_id: location });
  const money = { purchase_cost: '7001.39', replacement_cost: '8002.41', salvage_value: '903.43' };
  const asset = await make('/assets', 'asset', { name: `${name} pump`, location_id: location, vendors_ids: [vendor], ...money });
  const part = await make('/parts', 'part', {
    ...{ name: `${name} seal`, on_hand_qty: '7', unit_cost: '31.37', storeroom_id: storeroom, assets_ids: [asset] },
    vendor_parts_attributes: [{ vendor_id: vendor, unit_cost: '29.83' }],
  });
  await administrator.data('PATCH', `/parts/${part}/restock`, { quantity: '3', cost: '33.91' });
  const template = await make('/procedure_templates', 'procedure_template', {
    ...{ name: `${name} round` },
    items: [{ name: 'Is it tight?', item_type: 'checkbox' }],
  });
  const schedule = await make('/pm_schedules', 'pm_schedule', {
    ...{
      title: `${name} service`,
      type: 'persistent',
      start_date: '2031-01-06T08:00:00Z',
      repeat_occurrence: 'custom',
      on_month_day: 6,
      repeat_frequency: 'month',
      repeat_interval: 1,
    },
    template_work_order: { title: `${name} service`, asset_id: asset },
  });
  const portal = await make('/request_portals', 'request_portal', { title: `${name} portal`, asset_id: asset });
  const request = await make('/work_order_requests', 'work_order_request', {
    title: `${name} leaks`,
    asset_id: asset,
    location_id: location,
  });
  const order = await make('/work_orders', 'work_order', {
    ...{ title: `${name} repair`, asset_id: asset, location_id: location, technicians_ids: [user], categories_ids: [category] },
    ...{ procedure_template_ids: [template], vendors_ids: [vendor], checklist: [{ text: 'Tighten' }], external_reference: `${name}-order` },
  });
  const work = await workOn(administrator, { name, order, request, asset, part, user });
  const [transaction] = await administrator.data<{ id: number }[]>('GET', `/parts/${part}/transactions?sort=id desc`);
  const { uuid } = await administrator.data<{ uuid: string }>('GET', `/request_portals/${portal}`);
  return {
    entityId,
    ids: {
      ...{ users: user, vendors: vendor, categories: category, locations: location, storerooms: storeroom, assets: asset, parts: part },
      ...{
        procedure_templates: template,
        pm_schedules: schedule,
        request_portals: portal,
        work_order_requests: request,
        work_orders: order,
      },
      ...{ 'parts/transactions': transaction?.id ?? 0, 'work_orders/parts': part, entities: entityId },
      ...work,
    },
    texts: { portal: uuid, reference: `${name}-order` },
  };
}

type Work = Readonly<{ name: string; order: number; request: number; asset: number; part: number; user: number }>;

/** Does everything with an order that can be done with one, and completes another. */
async function workOn(administrator: Asker, { name, order, request, asset, part, user }: Work): Promise<Readonly<Record<string, number>>> {
  const say = (path: string, said: object): Promise<{ id: number }> => administrator.data<{ id: number }>('POST', path, said);
  await administrator.data('POST', `/work_orders/${order}/parts`, { part_id: part, quantity: '2' });
  const otherCost = await say(`/work_orders/${order}/other_costs`, { other_cost: { amount: '45.97', note: 'Crane', date: '2026-03-02' } });
  const labour = { technician_id: user, started_at: '2026-03-02T08:00:00Z', ended_at: '2026-03-02T09:30:00Z', rate_type: 'regular' };
  const entry = await say(`/work_orders/${order}/labor_entries`, { labor_entry: labour });
  const comment = await say(`/work_orders/${order}/comments`, { comment: { text: `${name} says so` } });
  const ofRequest = await say(`/work_order_requests/${request}/comments`, { comment: { text: `${name} asks so` } });
  const downtime = await say(`/assets/${asset}/downtimes`, {
    downtime: { reason: 'Bearing seized', started_at: '2026-03-02T08:00:00Z', ended_at: '2026-03-02T10:00:00Z', work_order_id: order },
  });
  const [procedure] = await administrator.data<{ id: number }[]>('GET', `/work_orders/${order}/procedures`);
  const { id: done } = await say('/work_orders', { work_order: { title: `${name} done`, asset_id: asset, technicians_ids: [user] } });
  await administrator.data('POST', `/work_orders/${done}/parts`, { part_id: part, quantity: '1' });
  await administrator.data('PATCH', `/work_orders/${done}`, { work_order: { status_id: 5, completed_at: '2026-03-03T08:00:00Z' } });
  const timer = await say(`/work_orders/${order}/timer/start`, { technician_id: user });
  return {
    ...{ 'work_orders/other_costs': otherCost.id, 'work_orders/labor_entries': entry.id, 'work_orders/comments': comment.id },
    ...{ 'work_order_requests/comments': ofRequest.id, 'assets/downtimes': downtime.id, 'work_orders/procedures': procedure?.id ?? 0 },
    ...{ timers: timer.id, 'work_orders/done': done },
  };
}

/** A path with the numbers of records that there are; work orders twice, since completed ones say other things. */
export function pathsAt(path: string, { ids, texts }: WholeSite): string[] {
  const collections = path.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  const [, , root = '', ...inner] = collections;
  let place = 0;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    place += 1;
    if (name === 'uuid') return texts['portal'] ?? '';
    if (name === 'name') return 'parts';
    return String((place === 1 ? ids[root] : ids[`${root}/${inner[0] ?? ''}`]) ?? 1);
  });
  const done = root === 'work_orders' && place === 1 ? [filled.replace(`/${ids[root]}`, `/${ids['work_orders/done']}`)] : [];
  const queried = {
    costs: '?group_by=asset',
    labor: '?group_by=technician&from=2026-01-01&to=2026-12-31',
    pm_compliance: '?from=2026-01-01&to=2026-12-31',
  };
  const report = /\/reports\/(\w+)/.exec(path)?.[1] as keyof typeof queried | undefined;
  if (report) return [filled + queried[report]];
  return path.includes('/calendar') || path.includes('/costs') || path.includes('/reliability') || path.includes('/explain')
    ? [filled, `${filled}?from=2026-01-01&to=2026-12-31`]
    : [filled, ...done];
}

/** What a root field is asked about. */
export function valueAt(root: string, type: string, { ids }: WholeSite): string {
  if (!type.startsWith('ID')) return /date|from/i.test(type) ? '"2026-01-01"' : type.startsWith('Int') ? '1' : '"2026-06-01"';
  const plural = `${root.replace(/^explain(\w)/, (_, first: string) => first.toLowerCase()).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}s`;
  const found = Object.entries(ids).find(
    ([name]) =>
      name === plural ||
      name.endsWith(`/${plural}`) ||
      name === plural.replace(/ys$/, 'ies') ||
      name.endsWith(`/${plural.replace(/ys$/, 'ies')}`),
  );
  return `"${found?.[1] ?? 1}"`;
}
