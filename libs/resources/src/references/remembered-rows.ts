import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { categoryOf, ProjectionEngine, type Row } from '#millwright/event-sourcing';
import { streamShowing } from './reference-targets.js';

/** Units, storerooms, categories, statuses and people of many sites. */
const mostRows = 5_000;

/** What happens to the rows of a category: how many changes are under way, and how many there have been. */
type Changes = { underWay: number; done: number };

/** What was found among the records of a category, and how much had happened to it and to all categories before. */
type Answer = Readonly<{ value: unknown; done: number; ofAll: number }>;

/**
 * Rows of records that answers mention, kept from one request to the next as long as nothing happens to them. Only a process that works the read models
 * can: it knows of a change before the database shows it. Others remember nothing.
 */
@Injectable()
export class RememberedRows {
  /** By stream. */
  private readonly rows = new LRUCache<string, Row>({ max: mostRows });
  /** By what was asked. */
  private readonly answers = new LRUCache<string, Answer>({ max: mostRows });
  private readonly ofCategory = new Map<string, Changes>();
  private readonly ofAll: Changes = { underWay: 0, done: 0 };

  constructor(private readonly projections: ProjectionEngine) {
    projections.onChange((streams) => this.changing(streams?.map(streamShowing)));
  }

  of(stream: string): Row | undefined {
    return this.projections.worksReadModels ? this.rows.get(stream) : undefined;
  }

  /** To be called before rows of a category are read; its answer keeps one of them, unless something has happened to any of them since. */
  reading(category: string): (stream: string, row: Row) => void {
    const changes = this.changesOf(category);
    const before = [changes.done, this.ofAll.done];
    return (stream, row) => {
      if (!this.areQuiet(changes) || changes.done !== before[0] || this.ofAll.done !== before[1]) return;
      if (this.projections.worksReadModels) this.rows.set(stream, row);
    };
  }

  /**
   * What is found among all records of a category, read again once anything has happened to any of them.
   * @param question says what is looked for, and nothing else of that category says the same
   */
  async answer<Value>(category: string, question: string, read: () => Promise<Value>): Promise<Value> {
    const changes = this.changesOf(category);
    const asked = `${category} ${question}`;
    const known = this.answers.get(asked);
    const { worksReadModels } = this.projections;
    if (known && worksReadModels && known.done === changes.done && known.ofAll === this.ofAll.done && this.areQuiet(changes))
      return known.value as Value;
    const before = { done: changes.done, ofAll: this.ofAll.done };
    const value = await read();
    const isUnchanged = changes.done === before.done && this.ofAll.done === before.ofAll && this.areQuiet(changes);
    if (isUnchanged && this.projections.worksReadModels) this.answers.set(asked, { value, ...before });
    return value;
  }

  private areQuiet(changes: Changes): boolean {
    return changes.underWay === 0 && this.ofAll.underWay === 0;
  }

  private changesOf(category: string): Changes {
    let changes = this.ofCategory.get(category);
    if (!changes) this.ofCategory.set(category, (changes = { underWay: 0, done: 0 }));
    return changes;
  }

  private changing(streams: readonly string[] | undefined): () => void {
    if (streams === undefined) this.rows.clear();
    else for (const stream of streams) this.rows.delete(stream);
    const touched = streams ? [...new Set(streams.map(categoryOf))].map((category) => this.changesOf(category)) : [this.ofAll];
    for (const changes of touched) changes.underWay += 1;
    return () => {
      for (const changes of touched) {
        changes.underWay -= 1;
        changes.done += 1;
      }
    };
  }
}
