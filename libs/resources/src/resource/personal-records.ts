import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { appendedNothing, type Outcome } from '#millwright/event-sourcing';
import { camelCase } from '#millwright/fields';
import { personalVersion } from './resource-table.js';
import type { RecordState, RecordValues } from './plain-decider.js';
import type { PlainResource } from './resource-definition.js';
import { PersonalValues } from './personal-values.js';

/** What an event of a person says: which fields, never what stands in them; and the version of the values that it speaks of. */
export type PersonalEventData = Readonly<{ fields: readonly string[]; storedAs: string }>;

/** Records whose values stay out of events. */
@Injectable()
export class PersonalRecords {
  private readonly logger = new Logger(PersonalRecords.name);

  constructor(private readonly values: PersonalValues) {}

  /**
   * Writes the values under a new version, then has the event appended that names it. What no event came to name is taken back at once:
   * a refused name must not stay behind.
   */
  async write(
    { name }: PlainResource,
    id: number,
    values: RecordValues,
    changed: readonly string[],
    append: (data: PersonalEventData) => Promise<Outcome<RecordState>>,
  ): Promise<{ outcome: Outcome<RecordState>; personal: RecordValues }> {
    const version = uuidv7();
    await this.values.write(name, id, version, values);
    const takeBack = (): Promise<void> =>
      this.values
        .forget(name, id, version)
        .catch((error: unknown) =>
          this.logger.error(`values of ${name} ${id} stay behind that no event names (${version}): ${String(error)}`),
        );
    try {
      const outcome = await append({ fields: changed.map(camelCase), storedAs: version });
      if (outcome.state.values[personalVersion] !== version) await takeBack();
      return { outcome, personal: { ...values, [personalVersion]: version } };
    } catch (failure) {
      // An outcome that is unknown may yet turn out to be an event that needs them.
      if (appendedNothing(failure)) await takeBack();
      throw failure;
    }
  }

  /** The values a state speaks of; `known` are taken where they are that version, which saves reading them. */
  async valuesOf({ name }: PlainResource, id: number, { values }: RecordState, known: RecordValues = {}): Promise<RecordValues> {
    const version = values[personalVersion];
    if (typeof version !== 'string') return {};
    return known[personalVersion] === version ? known : { ...(await this.values.read(name, id, version)), [personalVersion]: version };
  }

  isSameVersion = (one: RecordState, other: RecordState): boolean => one.values[personalVersion] === other.values[personalVersion];

  async forgetOlder({ name }: PlainResource, id: number, before: RecordState, after: RecordState): Promise<void> {
    const versions = [before, after]
      .map(({ values }) => values[personalVersion])
      .filter((version): version is string => typeof version === 'string');
    await this.values.forgetAllBut(name, id, versions);
  }
}
