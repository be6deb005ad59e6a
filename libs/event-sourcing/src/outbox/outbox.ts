import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Json } from '../event.js';
import { OutboxMessage } from './outbox-message.entity.js';

export const outboxEntities = [OutboxMessage];

/** A message for somebody outside, to be delivered at least once; the receiver knows it again by its id. */
export type Message = Readonly<{
  id: string;
  /** The name of the channel that delivers it. */
  channel: string;
  /** Whom the channel delivers it to. What one receiver gets is delivered in order. */
  receiver: string;
  content: Json;
}>;

/** What takes only so many messages at once, whichever of its channels they are of (a mail server). */
export type Bottleneck = Readonly<{ atOnce: number }>;

/** A way out of the house (mail, webhooks). */
export type Channel = Readonly<{
  /** kebab-case, unique; kept beside its messages. */
  name: string;
  /** What its messages go through: they wait for their turn there before their time begins. */
  through?: Bottleneck;
  /** Its messages go through there before those of other channels. */
  urgent?: boolean;
  /**
   * Delivers a message, or throws. What it has begun is to end with the signal, which comes when its time is over or the process stops;
   * nobody waits for it after that, and the message is tried again.
   */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
}>;

/** Checks what a channel says of itself. */
export const channel = (definition: Channel): Channel => {
  if (!/^[a-z][a-z0-9-]*$/.test(definition.name)) throw new Error(`a channel cannot be called ${definition.name}`);
  return definition;
};

/** The ways out of the house. Rooms bring theirs when they are made, by which time the worker is there already. */
export class OutboxChannels {
  private readonly known = new Map<string, Channel>();

  constructor(channels: readonly Channel[] = []) {
    for (const one of channels) this.register(one);
  }

  /** @throws Error another one has the name */
  register(one: Channel): void {
    if (this.known.has(one.name)) throw new Error('two channels have one name');
    this.known.set(one.name, one);
  }

  get byName(): ReadonlyMap<string, Channel> {
    return this.known;
  }
}

/** Puts messages where the worker of the outbox finds them. */
export class Outbox {
  constructor(
    private readonly entities: EntityManager,
    private readonly clock: Clock,
  ) {}

  /**
   * A message that was put already (by its id) is not put again, as long as its row is kept.
   * @param entities whose transaction decides whether it is sent; left out, it is sent whatever happens
   */
  async put({ id, channel: name, receiver, content }: Message, entities = this.entities): Promise<void> {
    const now = this.clock.now();
    // TypeORM takes null for a column without a value, and not for a content.
    const message = content ?? (() => `'null'::jsonb`);
    const row = { id, channel: name, receiver, message: message as object, putAt: now, nextTryAt: now };
    await entities.createQueryBuilder().insert().into(OutboxMessage).values(row).orIgnore().execute();
  }
}
