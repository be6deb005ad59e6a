import { Injectable } from '@nestjs/common';
import { EventStore, nameBasedUuid, type CommandContext, type Position } from '#millwright/event-sourcing';
import { registerRecord, type RecordEvent, type RecordValues } from './plain-decider.js';
import { nothingKept, personalAfter, withoutPersonal } from './personal-states.js';
import type { PlainResource } from './resource-definition.js';
import { PersonalValues } from './personal-values.js';

/** A record that every installation has from its first start, under an id that programs may rely on. */
export type BuiltInRecord = Readonly<{ definition: PlainResource; id: number; values: RecordValues }>;

/** The root of the event ids of built-in records. Never changes: it is what makes a second first start find the first. */
const namespace = '6f1c1c7e-0d1b-5f0b-9a55-3f3a5d1f4c01';

/** Registers built-in records once, whoever starts first and however many start at once. */
@Injectable()
export class BuiltInRecords {
  constructor(
    private readonly events: EventStore,
    private readonly people: PersonalValues,
  ) {}

  /** Answers the position of the registration, 0n where it was registered before. */
  async record({ definition, id, values }: BuiltInRecord, context: CommandContext): Promise<Position> {
    const { stream, category, name, personal } = definition;
    if ((await this.events.load(stream, id)).state.registered) return 0n;
    const eventId = nameBasedUuid(`${category}-${id}`, namespace);
    const kept = personalAfter(definition, nothingKept, values);
    if (kept) await this.people.write(name, id, eventId, kept);
    const version = kept && eventId;
    const registered = (): RecordEvent[] => registerRecord(definition, values).map((event) => withoutPersonal(personal, event, version));
    const { position } = await this.events.execute(stream, id, (state) => (state.registered ? [] : registered()), {
      context,
      eventId: () => eventId,
    });
    return position;
  }
}
