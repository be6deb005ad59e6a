import { Command } from '@nestjs/cqrs';
import { handlerOf } from '../resource/command-handler.js';
import type { RecordDefinition } from './record-definition.js';
import { RecordWriter, type WrittenRecord } from './record-writer.js';

export class RegisterRecord extends Command<WrittenRecord> {
  constructor(
    readonly definition: RecordDefinition,
    readonly input: object,
  ) {
    super();
  }
}

export class ChangeRecord extends Command<WrittenRecord> {
  constructor(
    readonly definition: RecordDefinition,
    readonly id: number,
    readonly input: object,
  ) {
    super();
  }
}

export class ArchiveRecord extends Command<WrittenRecord> {
  constructor(
    readonly definition: RecordDefinition,
    readonly id: number,
  ) {
    super();
  }
}

export class UnarchiveRecord extends Command<WrittenRecord> {
  constructor(
    readonly definition: RecordDefinition,
    readonly id: number,
  ) {
    super();
  }
}

export const recordCommandHandlers = [
  handlerOf(RegisterRecord, RecordWriter, (records, { definition, input }) => records.register(definition, input)),
  handlerOf(ChangeRecord, RecordWriter, (records, { definition, id, input }) => records.change(definition, id, input)),
  handlerOf(ArchiveRecord, RecordWriter, (records, { definition, id }) => records.archive(definition, id)),
  handlerOf(UnarchiveRecord, RecordWriter, (records, { definition, id }) => records.unarchive(definition, id)),
];
