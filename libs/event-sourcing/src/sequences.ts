import type { ClientBase, Pool } from 'pg';

/**
 * A sequence of ids, and what is numbered by it: the streams of a category, what events have under that field, or what they have inside of others, by the
 * names on the way there, joined by dots (`vendorContacts.added.id`: of every one of a list).
 */
export type IdSequence = Readonly<{ name: string; category?: string; field?: string; inside?: readonly string[] }>;

type Block = { ids: number[]; size: number; takenAt: number; refill?: Promise<void> };

const blockSizes = { smallest: 1, largest: 64 };
/** Milliseconds within which a used-up block asks for a larger one. */
const busyWithinMs = 1_000;

/** Integer ids from SQL sequences `app.<name>_id`, taken in blocks when many are needed. Gaps are allowed; an id is never handed out twice. */
export class Sequences {
  private readonly blocks = new Map<string, Block>();

  constructor(private readonly pool: Pool) {}

  /** At once where the block at hand has one left. */
  next(name: string): number | Promise<number> {
    const block = this.blocks.get(name) ?? { ids: [], size: blockSizes.smallest, takenAt: 0 };
    this.blocks.set(name, block);
    return block.ids.shift() ?? this.nextOfNewBlock(name, block);
  }

  private async nextOfNewBlock(name: string, block: Block): Promise<number> {
    for (;;) {
      block.refill ??= this.refill(name, block).finally(() => {
        block.refill = undefined;
      });
      await block.refill;
      const id = block.ids.shift();
      if (id !== undefined) return id;
    }
  }

  /** Makes sure that ids up to this one are not handed out any more (at start, for what the log already holds). Never moves a sequence back. */
  async advancePast(name: string, id: number): Promise<void> {
    const sequence = sequenceName(name);
    await this.pool.query(
      `select setval('${sequence}', $1) from ${sequence} where last_value < $1 or (last_value = $1 and not is_called)`,
      [id],
    );
    this.blocks.delete(name);
  }

  private async refill(name: string, block: Block): Promise<void> {
    const now = Date.now();
    const busy = now - block.takenAt < busyWithinMs;
    block.size = busy ? Math.min(blockSizes.largest, block.size * 2) : blockSizes.smallest;
    block.takenAt = now;
    const { rows } = await this.pool.query<{ id: string }>(
      `select nextval('${sequenceName(name)}')::text as id from generate_series(1, $1)`,
      [block.size],
    );
    block.ids.push(...rows.map(({ id }) => Number(id)));
  }
}

/** Creates what is missing. Needs the owner's rights; several processes may do it at once only behind one lock (as migrations are). */
export async function ensureSequences(owner: Pick<ClientBase, 'query'>, names: readonly string[]): Promise<void> {
  await owner.query('create schema if not exists app');
  for (const name of names)
    await owner.query(`create sequence if not exists ${sequenceName(name)} as bigint maxvalue ${Number.MAX_SAFE_INTEGER}`);
  for (const name of names)
    await owner.query(`do $$ begin
      if exists (select from pg_roles where rolname = 'millwright_app') then grant usage, select, update on sequence ${sequenceName(name)} to millwright_app; end if;
    end $$`);
}

function sequenceName(name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`no name for a sequence: ${JSON.stringify(name)}`);
  return `app.${name}_id`;
}
