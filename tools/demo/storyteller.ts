import type { ApiClient } from '../api-client.js';
import { table } from '../table.js';
import { chargesOfWorkOrders, workedExample, type Movement } from './worked-example.js';

type Created = Readonly<{ id: number }>;
type Part = Readonly<{ on_hand_qty: number; available: number; avg_unit_cost: number }>;
type Transaction = Readonly<{
  id: number;
  type: string;
  quantity: number;
  total_cost: number;
  on_hand_qty: number;
  stock_value: number;
  avg_unit_cost: number;
}>;
type Explained = Readonly<{ type: string; explanation: string; event: Readonly<{ position: string }> }>;
type WorkOrder = Readonly<{ id: number; total_costs: Readonly<{ parts: number }> }>;

/** Plays the worked example against a running server and says what happens, with the numbers as the server gives them. */
export class Storyteller {
  private readonly workOrders = new Map<string, number>();
  private position: string | undefined;
  private surprises = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly say: (line: string) => void,
  ) {}

  /** `surprises` counts the numbers that differ from docs/costing.md. */
  async tell(): Promise<{ partId: number; surprises: number }> {
    const { partId, assetId } = await this.buildPlant();
    this.say('Stock moves. Every line is one request; the numbers are what the server then says.\n');
    this.say(row(['#', 'movement', 'on hand', 'posting', 'value', 'average']));
    for (const [index, movement] of workedExample.entries()) {
      await this.play(movement, partId, assetId);
      await this.show(index + 1, movement, partId);
    }
    await this.showCharges();
    await this.explain(partId);
    this.say(
      this.surprises === 0
        ? '\nEvery number is the one docs/costing.md worked out by hand.'
        : `\n${this.surprises} numbers differ from docs/costing.md!`,
    );
    return { partId, surprises: this.surprises };
  }

  private async buildPlant(): Promise<{ partId: number; assetId: number }> {
    this.say('A small plant. First a place, a machine and two parts:');
    const location = await this.create('/locations', { location: { name: 'Crushing hall' } });
    const asset = await this.create('/assets', { asset: { name: 'Screen 2', location_id: location.id } });
    const grease = await this.create('/parts', { part: { name: 'Bearing grease, kg', on_hand_qty: 20, unit_cost: 8.4, min_qty: 5 } });
    const bearing = await this.create('/parts', { part: { name: 'Idler bearing 6205', min_qty: 4, assets_ids: [asset.id] } });
    this.say(`  location ${location.id} "Crushing hall", asset ${asset.id} "Screen 2"`);
    this.say(`  part ${grease.id} "Bearing grease, kg": 20 on hand at 8.40`);
    this.say(`  part ${bearing.id} "Idler bearing 6205": an empty shelf; this is the one to watch\n`);
    return { partId: bearing.id, assetId: asset.id };
  }

  private async play({ step }: Movement, partId: number, assetId: number): Promise<void> {
    switch (step.kind) {
      case 'restock':
        return this.change(`/parts/${partId}/restock`, { quantity: step.quantity, cost: step.cost, note: step.note });
      case 'reconcile':
        return this.change(`/parts/${partId}/reconcile`, { quantity: step.quantity, note: step.note });
      case 'set average':
        return this.change(`/parts/${partId}/update_avg_unit_cost`, { cost: step.cost, note: step.note });
      case 'return':
        return this.change(`/work_orders/${this.idOf(step.workOrder)}/parts`, { part_id: partId, quantity: step.left });
      case 'issue': {
        const { id } = await this.create('/work_orders', { work_order: { title: step.title, asset_id: assetId } });
        this.workOrders.set(step.workOrder, id);
        await this.create(`/work_orders/${id}/parts`, { part_id: partId, quantity: step.quantity });
        const { available, on_hand_qty: onHand } = await this.read<Part>(`/parts/${partId}`);
        this.say(row(['', `  ${step.quantity} reserved for ${step.workOrder}: ${available} of ${onHand} available`]));
        return this.change(`/work_orders/${id}`, { work_order: { status_id: 5 } });
      }
    }
  }

  private async show(number: number, movement: Movement, partId: number): Promise<void> {
    const { data } = await this.client.get<Transaction[]>(`/parts/${partId}/transactions`, {
      sort: 'id desc',
      per_page: 1,
      ...this.upToNow(),
    });
    const last = data[0];
    if (!last) throw new Error('the movement left no transaction');
    const cells = [last.on_hand_qty, last.total_cost, last.stock_value, last.avg_unit_cost];
    const isAsExpected =
      last.on_hand_qty === movement.onHand && last.total_cost === movement.posting && last.avg_unit_cost === movement.average;
    if (!isAsExpected) this.surprises++;
    const [onHand = '', posting = '', value = '', average = ''] = [
      cells[0],
      cells[1]?.toFixed(2),
      cells[2]?.toFixed(2),
      cells[3]?.toFixed(6),
    ];
    const expected = `   ← expected ${movement.onHand}, ${movement.posting}, ${movement.average}`;
    this.say(row([String(number), inWords(movement), String(onHand), posting, value, average]) + (isAsExpected ? '' : expected));
  }

  private async showCharges(): Promise<void> {
    this.say('\nWhat the work orders cost in the end (a return gave back exactly what its own order was charged):\n');
    const rows: string[][] = [];
    for (const [name, expected] of chargesOfWorkOrders) {
      const workOrder = await this.read<WorkOrder>(`/work_orders/${this.idOf(name)}`);
      const charge = workOrder.total_costs.parts;
      if (charge !== expected) this.surprises++;
      rows.push([name, String(workOrder.id), charge.toFixed(2), charge === expected ? '' : `expected ${expected}`]);
    }
    this.say(table(['order', 'id', 'parts', ''], rows));
  }

  private async explain(partId: number): Promise<void> {
    this.say('\nWhy is the average what it is? GET /parts/{id}/explain, every movement and the event behind it:\n');
    const { movements } = await this.read<{ movements: readonly Explained[] }>(`/parts/${partId}/explain`);
    const rows = movements.map(({ type, event, explanation: why }) => [event.position, type, why]);
    this.say(table(['event', 'movement', 'why'], rows));
  }

  private async create(path: string, body: unknown): Promise<Created> {
    const { data, position } = await this.client.post<Created>(path, body);
    this.position = position ?? this.position;
    return data;
  }

  private async change(path: string, body: unknown): Promise<void> {
    const { position } = await this.client.patch(path, body);
    this.position = position ?? this.position;
  }

  private async read<T>(path: string): Promise<T> {
    return (await this.client.get<T>(path, this.upToNow())).data;
  }

  /** Reads wait until the read models have seen the last write of this story. */
  private upToNow(): Record<string, string> {
    return this.position === undefined ? {} : { min_position: this.position };
  }

  private idOf(workOrder: string): number {
    const id = this.workOrders.get(workOrder);
    if (id === undefined) throw new Error(`${workOrder} has not been opened yet`);
    return id;
  }
}

const row = ([number = '', movement = '', onHand = '', posting = '', value = '', average = '']: string[]): string =>
  `${number.padStart(3)}  ${movement.padEnd(38)} ${onHand.padStart(9)} ${posting.padStart(9)} ${value.padStart(9)} ${average.padStart(11)}`.trimEnd();

function inWords({ step }: Movement): string {
  switch (step.kind) {
    case 'restock':
      return `restock ${step.quantity} @ ${step.cost}${step.note ? ` (${step.note.toLowerCase()})` : ''}`;
    case 'reconcile':
      return `reconcile ${step.quantity.startsWith('-') ? '' : '+'}${step.quantity}`;
    case 'set average':
      return `set average cost ${step.cost}`;
    case 'issue':
      return `issue ${step.quantity} to ${step.workOrder}`;
    case 'return':
      return `return ${step.quantity} from ${step.workOrder}`;
  }
}
