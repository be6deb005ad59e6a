import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
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

@CommandHandler(RegisterRecord)
class RegisterRecordHandler implements ICommandHandler<RegisterRecord> {
  constructor(private readonly records: RecordWriter) {}

  execute({ definition, input }: RegisterRecord): Promise<WrittenRecord> {
    return this.records.register(definition, input);
  }
}

@CommandHandler(ChangeRecord)
class ChangeRecordHandler implements ICommandHandler<ChangeRecord> {
  constructor(private readonly records: RecordWriter) {}

  execute({ definition, id, input }: ChangeRecord): Promise<WrittenRecord> {
    return this.records.change(definition, id, input);
  }
}

@CommandHandler(ArchiveRecord)
class ArchiveRecordHandler implements ICommandHandler<ArchiveRecord> {
  constructor(private readonly records: RecordWriter) {}

  execute({ definition, id }: ArchiveRecord): Promise<WrittenRecord> {
    return this.records.archive(definition, id);
  }
}

@CommandHandler(UnarchiveRecord)
class UnarchiveRecordHandler implements ICommandHandler<UnarchiveRecord> {
  constructor(private readonly records: RecordWriter) {}

  execute({ definition, id }: UnarchiveRecord): Promise<WrittenRecord> {
    return this.records.unarchive(definition, id);
  }
}

export const recordCommandHandlers = [RegisterRecordHandler, ChangeRecordHandler, ArchiveRecordHandler, UnarchiveRecordHandler];
