import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Row } from '#millwright/event-sourcing';

/** Which stream a row is folded from, by which projection. */
export type RowSource = Readonly<{ projection: string; streamOf: (row: Readonly<Row>) => string }>;

const rereadAfterMs = 1_000;

/** Rows whose stream a projection could not fold any further: they are shown, but an answer with one of them says that it is stale. */
@Injectable()
export class ParkedRows {
  private parked: ReadonlySet<string> = new Set();
  private readAt = -Infinity;

  constructor(private readonly database: DataSource) {}

  containedIn(rows: readonly Row[], { projection, streamOf }: RowSource): boolean | Promise<boolean> {
    const isContained = (): boolean => this.parked.size > 0 && rows.some((row) => this.parked.has(`${projection} ${streamOf(row)}`));
    return performance.now() - this.readAt > rereadAfterMs ? this.reread().then(isContained) : isContained();
  }

  private async reread(): Promise<void> {
    this.readAt = performance.now();
    const found = await this.database.query<{ projection: string; stream: string }[]>(
      'SELECT parked.projection, parked.stream FROM app.parked_streams parked JOIN app.projections serving ON serving.serving = parked.schema_name',
    );
    this.parked = new Set(found.map(({ projection, stream }) => `${projection} ${stream}`));
  }
}
