import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A message for the outside: how often it was tried, and what became of it. */
@Entity({
  schema: 'app',
  name: 'outbox',
  comment: 'Messages for the outside, delivered at least once and in order of number to each receiver.',
})
@Index('outbox_open', ['channel', 'receiver', 'number'], { where: 'delivered_at is null and given_up_at is null' })
@Index('outbox_delivered', ['deliveredAt'], { where: 'delivered_at is not null' })
@Index('outbox_given_up', ['givenUpAt'], { where: 'given_up_at is not null' })
export class OutboxMessage {
  /** A UUID that the receiver knows the message again by. */
  @PrimaryColumn('uuid') id!: string;

  /** The order in which the messages of one receiver are delivered; given by the database, as text. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS', insert: false, update: false }) number!: string;

  /** The name of the channel that delivers it. */
  @Column('text') channel!: string;

  /** Whom the channel delivers it to. */
  @Column('text') receiver!: string;

  /** The content: any JSON. */
  @Column('jsonb') message!: unknown;

  @Column('timestamptz', { name: 'put_at' }) putAt!: Date;

  /** How often it was tried, the delivery included. */
  @Column('integer', { default: 0 }) tries!: number;

  /** Before that it is not tried again. */
  @Column('timestamptz', { name: 'next_try_at' }) nextTryAt!: Date;

  /** What went wrong the last time, for a person; null: nothing yet. */
  @Column('text', { name: 'last_error', nullable: true }) lastError!: string | null;

  @Column('timestamptz', { name: 'delivered_at', nullable: true }) deliveredAt!: Date | null;

  /** When it was given up; null: it was not. */
  @Column('timestamptz', { name: 'given_up_at', nullable: true }) givenUpAt!: Date | null;
}
