import type { MeasuredServer } from './measured-server.js';

/** Hot: a few records, again and again. Cold: each of many once, just after the server was started anew. */
export type Records = 'hot' | 'cold';

/** What a request is about. The parts of an order are hot ones. */
export type Subject = 'part' | 'one part' | 'page of parts' | 'page of work orders' | 'order of ten parts';

/** The next number of a record or a page; undefined when there is none left. */
export type Numbers = () => number | undefined;

/** `all` are those that `measured` gives. */
export type Supply = Readonly<{ warmUp: Numbers; measured: Numbers; all: readonly number[] }>;

export const pageSize = 50;
const madeAtOnce = 16;
const hotPartPages = 10;
const hotParts = hotPartPages * pageSize;
const hotOrderPages = 4;
const coldPartsPerSecond = 2_000;
const coldOrdersPerSecond = 100;
const ordersToCompletePerSecond = 60;
const partsOfAListedOrder = 3;
const stock = { on_hand_qty: 1_000_000, unit_cost: 2.5 };

/** The records that scenarios are about, made over HTTP when they are asked for first. */
export class Plant {
  private madeParts: Promise<readonly number[]> | undefined;
  private madeOrders: Promise<readonly number[]> | undefined;

  constructor(
    private readonly server: MeasuredServer,
    private readonly seconds: number,
  ) {}

  async supply(subject: Subject, records: Records): Promise<Supply> {
    if (subject === 'order of ten parts') {
      const all = await this.ordersToComplete();
      const orders = oneAfterTheOther(all);
      return { warmUp: orders, measured: orders, all };
    }
    if (subject === 'part' || subject === 'one part') {
      const parts = await this.parts();
      return supplyOf(parts.slice(0, subject === 'part' ? hotParts : 1), parts.slice(hotParts), records);
    }
    const [{ length }, hotPages] = subject === 'page of parts' ? [await this.parts(), hotPartPages] : [await this.orders(), hotOrderPages];
    const pages = Array.from({ length: Math.floor(length / pageSize) }, (_, index) => index + 1);
    return supplyOf(pages.slice(0, hotPages), pages.slice(hotPages), records);
  }

  private parts(): Promise<readonly number[]> {
    return (this.madeParts ??= many(2 * hotParts + this.seconds * coldPartsPerSecond, (number) =>
      this.server.create('/parts', { part: { name: `Bearing ${number}`, ...stock } }),
    ));
  }

  private orders(): Promise<readonly number[]> {
    return (this.madeOrders ??= this.makeOrders());
  }

  private async makeOrders(): Promise<readonly number[]> {
    const asset_id = await this.server.create('/assets', { asset: { name: 'Pump' } });
    return this.ordersWith(partsOfAListedOrder, 2 * hotOrderPages * pageSize + this.seconds * coldOrdersPerSecond, { asset_id });
  }

  private ordersToComplete(): Promise<readonly number[]> {
    return this.ordersWith(10, 40 + this.seconds * ordersToCompletePerSecond);
  }

  private async ordersWith(parts: number, count: number, fields: object = {}): Promise<readonly number[]> {
    const hot = (await this.parts()).slice(0, hotParts);
    return many(count, async (number) => {
      const id = await this.server.create('/work_orders', { work_order: { title: `Overhaul ${number}`, ...fields } });
      for (let part = 0; part < parts; part++)
        await this.server.create(`/work_orders/${id}/parts`, { part_id: hot[(number * parts + part) % hot.length], quantity: 1.5 });
      return id;
    });
  }
}

function supplyOf(hot: readonly number[], cold: readonly number[], records: Records): Supply {
  const warmUp = inTurns(hot);
  return records === 'hot' ? { warmUp, measured: warmUp, all: hot } : { warmUp, measured: oneAfterTheOther(cold), all: cold };
}

export async function many<Result>(count: number, make: (number: number) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) results.push(await make(next++));
  };
  await Promise.all(Array.from({ length: madeAtOnce }, worker));
  return results;
}

/** In turns, so that no two requests are about the same record at the same time as long as there are more records than callers. */
function inTurns(numbers: readonly number[]): Numbers {
  let next = 0;
  return () => numbers[next++ % numbers.length];
}

function oneAfterTheOther(numbers: readonly number[]): Numbers {
  let next = 0;
  return () => numbers[next++];
}
