import { randomUUID } from 'node:crypto';
import { Caller, type Told } from './caller.js';
import type { Story } from './story.js';

type Secret = Readonly<{ id: number; key: string; client_id: string; client_secret: string }>;
type Order = Readonly<{ id: number; title: string; total_costs: Readonly<Record<string, number | null>> }>;
type Nodes<Node> = Readonly<Record<string, Readonly<{ nodes: readonly Node[] }>>>;

const password = 'a quiet place to sit';
const completed = 5;

/** Four who may do something each: a technician, a BI client, a sensor and an auditor, over REST and GraphQL. */
export class AccessStory {
  private readonly nobody: Caller;

  constructor(
    private readonly story: Story,
    private readonly url: string,
  ) {
    this.nobody = new Caller(url, null);
  }

  /** Gives the part that it is about. */
  async tell(): Promise<number> {
    const { story } = this;
    story.say('Who may do what. The administrator makes four credentials; each does its work, and nothing else.\n');
    const part = await story.create('/parts', { part: { name: 'Seal kit', on_hand_qty: 10, unit_cost: '12.70' } });
    const technician = await this.technician();
    const mine = await story.create('/work_orders', { work_order: { title: 'Change the seal', technicians_ids: [technician.id] } });
    const other = await story.create('/work_orders', { work_order: { title: 'Paint the gate' } });
    await story.create(`/work_orders/${mine.id}/parts`, { part_id: part.id, quantity: 2 });
    await this.technicianWorks(technician.caller, { part: part.id, mine: mine.id, other: other.id });
    await this.reportIsRead(mine.id);
    await this.sensorReports();
    await this.auditorReads(part.id, mine.id);
    return part.id;
  }

  /** A person: invited, and signed in with a password of his own. */
  private async technician(): Promise<Readonly<{ id: number; caller: Caller }>> {
    const email = `ada-${randomUUID().slice(0, 8)}@example.com`;
    const permissions_attributes = [{ entity_id: 1, role: 'technician' }];
    const { id } = await this.story.create('/users', { user: { name: 'Ada', surname: 'Moreau', email, permissions_attributes } });
    const { token } = await this.story.create<{ token: string | null }>(`/users/${id}/invite`, {});
    if (token === null) throw new Error('the invitation went out by mail: this story needs a server without SMTP_URL');
    const accepted = await this.nobody.post('/auth/accept_invitation', { token, password });
    return { id, caller: new Caller(this.url, (accepted.data as { access_token: string }).access_token) };
  }

  private async technicianWorks(ada: Caller, { part, mine, other }: Readonly<Record<'part' | 'mine' | 'other', number>>): Promise<void> {
    this.story.say('Ada, a person with the role technician:');
    const orders = (await ada.get('/work_orders')).data as readonly Order[];
    this.check('sees the order that is hers', orders.length === 1 && orders[0]?.id === mine);
    this.refused('does not see another, which answers like one that is not there', await ada.get(`/work_orders/${other}`), 'NOT_FOUND');
    const order = await ada.get(`/work_orders/${mine}`);
    const { total_costs } = order.data as Order;
    this.check('does not see what it costs', total_costs['parts'] === null && order.meta.hidden?.includes('total_costs.parts') === true);
    const traversed = await ada.graphql('{ workOrders { nodes { id totalCosts { parts } } } }');
    const costs = (traversed.data as Nodes<{ totalCosts: { parts: number | null } }>)['workOrders']?.nodes.map(
      ({ totalCosts }) => totalCosts.parts,
    );
    this.check('nor over GraphQL', costs?.length === 1 && costs[0] === null && traversed.meta.hidden !== undefined);
    this.refused('cannot restock', await ada.patch(`/parts/${part}/restock`, { quantity: 1, cost: '1.00' }), 'costs:read', 'stock:move');
    this.check('completes it', (await ada.patch(`/work_orders/${mine}`, { work_order: { status_id: completed } })).status === 200);
  }

  /** A machine that signs in with a secret and works with a token. */
  private async reportIsRead(mine: number): Promise<void> {
    const made = await this.made('clients', { name: 'BI', scopes: ['costs:read', 'work_orders:read'] });
    const bi = new Caller(this.url, await this.nobody.token(made));
    this.story.say('\nBI, an OAuth client with costs:read and work_orders:read:');
    const costs = ((await bi.get(`/work_orders/${mine}`)).data as Order).total_costs['parts'];
    this.check('reads what the order cost', costs === 25.4);
    const report = await bi.graphql('{ costsReport(groupBy: work_order) { totals { parts } } }');
    this.check('and the report over GraphQL', report.code === null && report.data !== null);
    this.refused('cannot change an order', await bi.patch(`/work_orders/${mine}`, { work_order: { title: 'x' } }), 'work_orders:write');
    const mutation = await bi.graphql(`mutation { updateWorkOrder(input: { id: ${mine}, title: "x" }) { id } }`);
    this.refused('nor over GraphQL', mutation, 'work_orders:write');
  }

  /** A machine with a key for the one thing that it does. */
  private async sensorReports(): Promise<void> {
    const expires_at = new Date(Date.now() + 90 * 86_400_000).toISOString();
    const sensor = new Caller(
      this.url,
      (await this.made('api_keys', { name: 'Vibration', scopes: ['work_orders:write'], expires_at })).key,
    );
    this.story.say('\nVibration, a sensor with an API key that may write orders and read nothing:');
    const alarm = { work_order: { title: 'Screen 2 shakes', dedup_key: `screen-2-${randomUUID()}` } };
    const first = await sensor.post('/work_orders', alarm);
    const again = await sensor.post('/work_orders', alarm);
    const ids = [first, again].map(({ data }) => (data as Order).id);
    this.check('opens an order, once however often it says so', first.status === 201 && again.status === 200 && ids[0] === ids[1]);
    const opened = await sensor.graphql(`mutation { createWorkOrder(input: { title: "Too hot" }) { id } }`);
    this.check('also over GraphQL', opened.code === null && opened.data !== null);
    this.refused('reads none', await sensor.get('/work_orders'), 'work_orders:read');
    this.refused('nor over GraphQL', await sensor.graphql('{ workOrders { nodes { id } } }'), 'work_orders:read');
  }

  /** Somebody who reads everything, and whose reading is read by others. */
  private async auditorReads(part: number, mine: number): Promise<void> {
    const auditor = new Caller(this.url, (await this.made('service_accounts', { name: 'Audit', role: 'auditor' })).key);
    this.story.say('\nAudit, a service account with the role auditor:');
    const trail = await auditor.get(`/audit_trail?work_order_id=${mine}`);
    this.check('reads who did what to the order', trail.status === 200 && (trail.data as unknown[]).length > 0);
    const why = await auditor.graphql(`{ auditTrail(first: 1) { nodes { type } } }`);
    this.check('and over GraphQL', (why.data as Nodes<unknown>)['auditTrail']?.nodes.length === 1);
    this.refused('changes nothing', await auditor.patch(`/parts/${part}`, { part: { name: 'x' } }), 'parts:write');
    const calls = (await auditor.get('/api_calls?filter[audit_eq]=true')).data as readonly Readonly<{ route: string }>[];
    this.check(
      'finds that its own reading was written down',
      calls.some(({ route }) => route === '/api/v1/audit_trail'),
    );
    this.story.say('');
  }

  private made(kind: string, more: object): Promise<Secret> {
    return this.story.create<Secret>(`/access/${kind}`, { entity_ids: [1], ...more });
  }

  private check(what: string, isSo: boolean): void {
    this.story.say(`  ${isSo ? 'yes' : 'NOT SO'}  ${what}`);
    if (!isSo) this.story.surprises++;
  }

  /** A no that says what was missing: one of these rights, or this code. */
  private refused(what: string, { code, requiredScope }: Told, ...wanted: readonly string[]): void {
    this.check(
      `${what}: ${code ?? 'was not refused'}${requiredScope === null ? '' : ` (${requiredScope})`}`,
      wanted.includes(requiredScope ?? code ?? ''),
    );
  }
}
