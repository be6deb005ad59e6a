import { safeInteger } from '#millwright/event-sourcing';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RecordValues } from './plain-decider.js';

/** What a person is called, in one version. */
@Entity({
  schema: 'app',
  name: 'people',
  comment: 'Personal data. An event names the version of the details it speaks of; only that version is shown.',
})
export class PersonalDetails {
  /** The kind of record that the person is, like `user`. */
  @PrimaryColumn('text') kind!: string;

  /** The id of that record. */
  @PrimaryColumn('bigint', { transformer: safeInteger }) id!: number;

  /** A UUID, which the event that speaks of these details names. */
  @PrimaryColumn('uuid') version!: string;

  /** The values of the record's fields, by their names. */
  @Column('jsonb') details!: RecordValues;

  @Column('timestamptz', { name: 'written_at', default: () => 'now()' }) writtenAt!: Date;
}
