import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { appendedNothing, type Outcome } from '#millwright/event-sourcing';
import { personalVersion } from './personal-fields.js';
import { completed, goneChildren, type CompleteState, type StateAt } from './personal-states.js';
import type { RecordState, RecordValues } from './plain-decider.js';
import type { PlainResource } from './resource-definition.js';
import { PersonalValues } from './personal-values.js';

/** What must be known of a kind of record to find what is kept of one. */
type Kept = Pick<PlainResource, 'name' | 'personal'>;

/** Brings records and those of their values together that stay out of events. */
@Injectable()
export class PersonalRecords {
  private readonly logger = new Logger(PersonalRecords.name);

  constructor(private readonly values: PersonalValues) {}

  async complete({ name, personal }: Kept, id: number, state: RecordState): Promise<CompleteState> {
    const version = versionOf(state);
    return version === undefined ? { ...state, personal: {} } : completed(personal, state, await this.values.read(name, id, version));
  }

  /**
   * Writes personal values under a new version, then has the event appended that names it. What no event came to name is taken back at once:
   * a refused name must not stay behind. Where nothing personal is said, the event names no version.
   */
  async append(
    resource: Kept,
    id: number,
    values: RecordValues | undefined,
    append: (version?: string) => Promise<Outcome<RecordState>>,
  ): Promise<Outcome<CompleteState>> {
    const { name, personal } = resource;
    if (values === undefined) return this.completeOutcome(resource, id, await append());
    const version = uuidv7();
    await this.values.write(name, id, version, values);
    const takeBack = (): Promise<void> =>
      this.values
        .forget(name, id, version)
        .catch((error: unknown) =>
          this.logger.error(`values of ${name} ${id} stay behind that no event names (${version}): ${String(error)}`),
        );
    try {
      const outcome = await append(version);
      if (versionOf(outcome.state) === version) return { ...outcome, state: completed(personal, outcome.state, values) };
      await takeBack();
      return await this.completeOutcome(resource, id, outcome);
    } catch (failure) {
      // An outcome that is unknown may yet turn out to be an event that needs them.
      if (appendedNothing(failure)) await takeBack();
      throw failure;
    }
  }

  async completeOutcome(resource: Kept, id: number, outcome: Outcome<RecordState>): Promise<Outcome<CompleteState>> {
    return { ...outcome, state: await this.complete(resource, id, outcome.state) };
  }

  isSameVersion = (one: RecordState, other: RecordState): boolean => versionOf(one) === versionOf(other);

  /** Forgets what neither of two states speaks of, and of children that are gone everything. */
  async forgetOlder({ name, personal }: Kept, id: number, before: StateAt, after: StateAt): Promise<void> {
    const versions = [before, after].map(({ state }) => versionOf(state)).filter((version) => version !== undefined);
    if (versions.length > 0) await this.values.forgetAllBut(name, id, versions);
    for (const path of goneChildren(personal, before, after)) await this.values.forgetWithin(name, id, path);
  }
}

/** The version of the personal values that a state speaks of. */
function versionOf({ values }: RecordState): string | undefined {
  const version = values[personalVersion];
  return typeof version === 'string' ? version : undefined;
}
