import { Injectable } from '@nestjs/common';
import type { Row } from '#millwright/event-sourcing';
import { Answer } from '../answer.js';
import type { RawQuery } from '../list-query/index.js';
import { RelatedRecords } from '../references/index.js';
import { ResourceReader, type Presenter } from '../resource/resource-reader.js';
import type { RecordDefinition } from './record-definition.js';
import type { WrittenRecord } from './record-writer.js';

/** Shows records of every kind. */
@Injectable()
export class RecordReader {
  constructor(
    private readonly resources: ResourceReader,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for a query that is not understood */
  list(definition: RecordDefinition, query: RawQuery): Promise<Answer> {
    return this.resources.list(definition, query, this.presenterOf(definition));
  }

  /** @throws Rejection NOT_FOUND */
  one(definition: RecordDefinition, id: number): Promise<Answer> {
    return this.resources.one(definition, id, this.presenterOf(definition));
  }

  /** A write's answer, from the state that was decided. */
  async written(definition: RecordDefinition, { row, revision, position }: WrittenRecord): Promise<Answer> {
    return new Answer(await this.presenterOf(definition).full(row, undefined), { revision, position });
  }

  private presenterOf({ printer }: RecordDefinition): Presenter<Row> {
    return {
      full: (row) => printer.print(row, 'full', this.related),
      sparse: (row) => printer.print(row, 'row', this.related),
    };
  }
}
