import { table } from '../table.js';
import type { Story } from './story.js';
import { chargesOfWorkOrders, workedExample, type Movement } from './worked-example.js';

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

/** The worked example of docs/costing.md against a running server, with the numbers as the server gives them. */
export class MovingAverageStory {
  private readonly workOrders = new Map<string, number>();

  constructor(private readonly story: Story) {}

  /** @returns the part that it is about */
  async tell(): Promise<number> {
    const surprisesBefore = this.story.surprises;
    const { partId, assetId } = await this.openShelf();
    this.story.say('Stock moves. Every line is one request; the numbers are what the server then says.\n');
    this.story.say(row(['#', 'movement', 'on hand', 'posting', 'value', 'average']));
    for (const [index, movement] of workedExample.entries()) {
      await this.play(movement, partId, assetId);
      await this.show(index + 1, movement, partId);
    }
    await this.showCharges();
    await this.explain(partId);
    const surprises = this.story.surprises - surprisesBefore;
    this.story.say(
      surprises === 0
        ? '\nEvery number is the one docs/costing.md worked out by hand.'
        : `\n${surprises} numbers differ from docs/costing.md!`,
    );
    return partId;
  }

  private async openShelf(): Promise<{ partId: number; assetId: number }> {
    const asset = await this.story.create('/assets', { asset: { name: 'Screen 3' } });
    const bearing = await this.story.create('/parts', { part: { name: 'Idler bearing 6205', min_qty: 4, assets_ids: [asset.id] } });
    this.story.say(`\nAnd the average cost of a part, by the eighteen movements of docs/costing.md: part ${bearing.id}, an empty shelf.\n`);
    return { partId: bearing.id, assetId: asset.id };
  }

  private async play({ step }: Movement, partId: number, assetId: number): Promise<void> {
    switch (step.kind) {
      case 'restock':
        return this.story.change(`/parts/${partId}/restock`, { quantity: step.quantity, cost: step.cost, note: step.note });
      case 'reconcile':
        return this.story.change(`/parts/${partId}/reconcile`, { quantity: step.quantity, note: step.note });
      case 'set average':
        return this.story.change(`/parts/${partId}/update_avg_unit_cost`, { cost: step.cost, note: step.note });
      case 'return':
        return this.story.change(`/work_orders/${this.idOf(step.workOrder)}/parts`, { part_id: partId, quantity: step.left });
      case 'issue': {
        const { id } = await this.story.create('/work_orders', { work_order: { title: step.title, asset_id: assetId } });
        this.workOrders.set(step.workOrder, id);
        await this.story.create(`/work_orders/${id}/parts`, { part_id: partId, quantity: step.quantity });
        const { available, on_hand_qty: onHand } = await this.story.read<Part>(`/parts/${partId}`);
        this.story.say(row(['', `  ${step.quantity} reserved for ${step.workOrder}: ${available} of ${onHand} available`]));
        return this.story.change(`/work_orders/${id}`, { work_order: { status_id: 5 } });
      }
    }
  }

  private async show(number: number, movement: Movement, partId: number): Promise<void> {
    const [last] = await this.story.read<Transaction[]>(`/parts/${partId}/transactions`, { sort: 'id desc', per_page: 1 });
    if (!last) throw new Error('the movement left no transaction');
    const cells = [last.on_hand_qty, last.total_cost, last.stock_value, last.avg_unit_cost];
    const isAsExpected =
      last.on_hand_qty === movement.onHand && last.total_cost === movement.posting && last.avg_unit_cost === movement.average;
    if (!isAsExpected) this.story.surprises++;
    const [onHand = '', posting = '', value = '', average = ''] = [
      cells[0],
      cells[1]?.toFixed(2),
      cells[2]?.toFixed(2),
      cells[3]?.toFixed(6),
    ];
    const expected = `   ← expected ${movement.onHand}, ${movement.posting}, ${movement.average}`;
    this.story.say(row([String(number), inWords(movement), String(onHand), posting, value, average]) + (isAsExpected ? '' : expected));
  }

  private async showCharges(): Promise<void> {
    this.story.say('\nWhat the work orders cost in the end (a return gave back exactly what its own order was charged):\n');
    const rows: string[][] = [];
    for (const [name, expected] of chargesOfWorkOrders) {
      const workOrder = await this.story.read<WorkOrder>(`/work_orders/${this.idOf(name)}`);
      const charge = workOrder.total_costs.parts;
      if (charge !== expected) this.story.surprises++;
      rows.push([name, String(workOrder.id), charge.toFixed(2), charge === expected ? '' : `expected ${expected}`]);
    }
    this.story.say(table(['order', 'id', 'parts', ''], rows));
  }

  private async explain(partId: number): Promise<void> {
    this.story.say('\nWhy is the average what it is? GET /parts/{id}/explain, every movement and the event behind it:\n');
    const { movements } = await this.story.read<{ movements: readonly Explained[] }>(`/parts/${partId}/explain`);
    const rows = movements.map(({ type, event, explanation: why }) => [event.position, type, why]);
    this.story.say(table(['event', 'movement', 'why'], rows));
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
