import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../safe-integer.js';

/** A text that an event names and does not hold, so that it can vanish. */
@Entity({
  schema: 'app',
  name: 'kept_texts',
  comment: 'Texts that events name by id and SHA-256 and do not hold, so that they can vanish.',
})
export class KeptTextRow {
  /** What events know it by. */
  @PrimaryColumn('uuid') id!: string;

  /** The record that shows it. */
  @Column('bigint', { name: 'record_id', transformer: safeInteger }) recordId!: number;

  /** 16 random bytes, so that a short text cannot be found by its digest; null once it is gone. */
  @Column('bytea', { nullable: true }) salt!: Buffer | null;

  /** Null once it is gone. */
  @Column('text', { nullable: true }) content!: string | null;

  /** The SHA-256 of salt and text, in hex. */
  @Column('text') digest!: string;

  @Column('timestamptz', { name: 'kept_at', default: () => 'now()' }) keptAt!: Date;
}
