import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { camelCase } from '../names.js';
import { personalVersion } from './record-columns.js';
import type { RecordState, RecordValues } from './record-decider.js';
import type { RecordDefinition } from './record-definition.js';
import { PersonalValues } from './personal-values.js';

/** What an event of a person says: which fields, never what stands in them; and the version of the values that it speaks of. */
export type PersonalEventData = Readonly<{ fields: readonly string[]; storedAs: string }>;

/** Records whose values stay out of events. */
@Injectable()
export class PersonalRecords {
  constructor(private readonly values: PersonalValues) {}

  /** Writes the values under a new version, and answers the event's data that names it. */
  async begin(
    { name }: RecordDefinition,
    id: number,
    values: RecordValues,
    changed: readonly string[] = givenNames(values),
  ): Promise<{ stored: PersonalEventData; personal: RecordValues }> {
    const version = uuidv7();
    if (changed.length > 0) await this.values.write(name, id, version, values);
    return { stored: { fields: changed.map(camelCase), storedAs: version }, personal: { ...values, [personalVersion]: version } };
  }

  /** The values a state speaks of; `known` are taken where they are that version, which saves reading them. */
  async valuesOf({ name }: RecordDefinition, id: number, { values }: RecordState, known: RecordValues = {}): Promise<RecordValues> {
    const version = values[personalVersion];
    if (typeof version !== 'string') return {};
    return known[personalVersion] === version ? known : { ...(await this.values.read(name, id, version)), [personalVersion]: version };
  }

  isSameVersion = (one: RecordState, other: RecordState): boolean => one.values[personalVersion] === other.values[personalVersion];

  async forgetOlder({ name }: RecordDefinition, id: number, before: RecordState, after: RecordState): Promise<void> {
    const versions = [before, after]
      .map(({ values }) => values[personalVersion])
      .filter((version): version is string => typeof version === 'string');
    await this.values.forgetAllBut(name, id, versions);
  }
}

const givenNames = (values: RecordValues): string[] => Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [name]));
