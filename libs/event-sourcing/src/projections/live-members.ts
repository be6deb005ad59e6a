import type { RecordedEvent } from '../event.js';
import type { BatchWriter, BuildChanges } from './batch-writer.js';
import type { BuildTables } from './build-tables.js';
import { tellsAgainst } from './culprits.js';
import { foldingTurn } from './folding-turns.js';
import type { Shown } from './live-membership.js';
import type { Position } from '../event.js';

/** A build that is written together with the others. */
export type Member = Shown & Readonly<{ work: BuildTables }>;

/** Members that could not be read or written, and what was met. */
export type Failures = ReadonlyMap<Member, unknown>;

/** From so many events on, projections fold one after the other, so that requests get through between them. */
const manyEvents = 100;

/** The builds that are written together: one a projection. */
export class LiveMembers {
  private readonly members = new Map<string, Member>();

  get size(): number {
    return this.members.size;
  }

  /** Any of them: what holds for all can be asked of it. */
  get first(): Member | undefined {
    for (const member of this.members.values()) return member;
    return undefined;
  }

  of(projection: string): Member | undefined {
    for (const member of this.members.values()) if (member.projection.name === projection) return member;
    return undefined;
  }

  has(schema: string): boolean {
    return this.members.has(schema);
  }

  /** In place of its predecessor, if there is one. */
  add(member: Member): void {
    const predecessor = this.of(member.projection.name);
    if (predecessor) this.members.delete(predecessor.schema);
    this.members.set(member.schema, member);
  }

  remove(member: Member): void {
    this.members.delete(member.schema);
  }

  clear(): void {
    this.members.clear();
  }

  /** Each folds what it cares for; answers those who could not load their rows. */
  async fold(events: readonly RecordedEvent[]): Promise<Failures> {
    const failures = new Map<Member, unknown>();
    const categories = events.map(({ stream }) => stream.slice(0, stream.indexOf('-')));
    await Promise.all(
      [...this.members.values()].map(async (member) => {
        const cares = member.projection.categories;
        const own = cares ? events.filter((_, place) => cares.includes(categories[place] ?? '')) : events;
        if (own.length === 0) return;
        if (events.length >= manyEvents) await foldingTurn();
        await member.work.fold(own).catch((error: unknown) => void failures.set(member, error));
      }),
    );
    return failures;
  }

  changes(): BuildChanges[] {
    return [...this.members.values()].map(({ work }) => work.changes());
  }

  written(upTo: Position): void {
    for (const { work } of this.members.values()) work.written(upTo);
  }

  forget(): void {
    for (const { work } of this.members.values()) work.forget();
  }

  /** What is in memory may not be what the database has. */
  async reload(): Promise<void> {
    for (const { work } of this.members.values()) await work.reload('together');
  }

  /** Whose rows the database refuses, each tried by itself; not those who met what would meet anybody. */
  async culprits(writer: BatchWriter): Promise<Failures> {
    const found = new Map<Member, unknown>();
    for (const member of this.members.values()) {
      const changes = member.work.changes();
      if (changes.changes.length === 0 && changes.parked.length === 0) continue;
      await writer.tryOut(changes).catch((error: unknown) => tellsAgainst(error) && found.set(member, error));
    }
    return found;
  }
}
