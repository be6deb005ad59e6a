import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IdempotencyKeys } from '#millwright/access';
import { EventStore } from '#millwright/event-sourcing';
import { ExternalReferences, PersonalRecords, PersonalValues, type RecordValues } from '#millwright/resources';
import { speaksOf, tracesInAnswers } from './domain/said-of-person.js';
import { PersonalTraces, type KnownPerson } from './personal-traces.js';
import { users } from './users.js';

/** What an erased person is shown as. */
export const erasedPerson = (userId: number): RecordValues => ({ name: `Erased user ${userId}` });

/** They say of nobody who it is: many read the same language, do the same work, and cost the same. */
const tellNothing = new Set(['language', 'job_title', 'regular_rate', 'overtime_rate1', 'overtime_rate2']);

/** What is kept of a person as such: his own values, what he is known by, and the answers that name him. */
@Injectable()
export class UserTraces implements OnModuleInit {
  constructor(
    private readonly events: EventStore,
    private readonly traces: PersonalTraces,
    private readonly records: PersonalRecords,
    private readonly values: PersonalValues,
    private readonly references: ExternalReferences,
    private readonly keys: IdempotencyKeys,
  ) {}

  onModuleInit(): void {
    this.traces.registerPerson({
      known: (userId) => this.known(userId),
      shownName: (userId) => this.shownName(userId),
      erase: (userId) => this.values.replaceAll(users.name, userId, erasedPerson(userId)),
    });
    this.traces.register({
      erase: async (person) => {
        await this.references.erase(users.name, person.id);
      },
      comb: (person, since) =>
        this.keys.forgetAnswers({ holding: tracesInAnswers(person), isSought: speaksOf(person), ...(since && { since }) }),
    });
  }

  /** Earlier versions are kept for a while, and nobody is shown them. */
  private async shownName(id: number): Promise<string> {
    const { state } = await this.events.load(users.stream, id);
    return wholeName((await this.records.complete(users, id, state)).values);
  }

  private async known(id: number): Promise<KnownPerson> {
    const versions = await this.values.all(users.name, id);
    const placeholder = erasedPerson(id)['name'];
    const texts = versions.flatMap((values) => [
      ...Object.entries(values).map(([field, value]) => (tellNothing.has(field) ? null : value)),
      wholeName(values),
    ]);
    const said = texts.filter((text): text is string => typeof text === 'string' && text !== '' && text !== placeholder);
    return { id, texts: [...new Set(said)], emails: versions.flatMap(({ email }) => (typeof email === 'string' ? [email] : [])) };
  }
}

const wholeName = ({ name, surname }: Readonly<{ name?: unknown; surname?: unknown }>): string =>
  [name, surname].filter((part) => typeof part === 'string').join(' ');
