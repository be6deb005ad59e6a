import type pg from 'pg';
import type { Clock } from '../clock.js';
import type { Json } from '../event.js';

/** A message for somebody outside, to be delivered at least once; the receiver knows it again by its id. */
export type Message = Readonly<{
  id: string;
  /** The name of the channel that delivers it. */
  channel: string;
  /** Whom the channel delivers it to. What one receiver gets is delivered in order. */
  receiver: string;
  content: Json;
}>;

/** A way out of the house (mail, webhooks). */
export type Channel = Readonly<{
  /** kebab-case, unique; kept beside its messages. */
  name: string;
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

/** Puts messages where the worker of the outbox finds them. */
export class Outbox {
  constructor(
    private readonly pool: Pick<pg.Pool, 'query'>,
    private readonly clock: Clock,
  ) {}

  /**
   * A message that was put already (by its id) is not put again, as long as its row is kept.
   * @param connection whose transaction decides whether it is sent; left out, it is sent whatever happens
   */
  async put(
    { id, channel: name, receiver, content }: Message,
    connection: Pick<pg.Pool | pg.ClientBase, 'query'> = this.pool,
  ): Promise<void> {
    await connection.query(
      `insert into app.outbox (id, channel, receiver, message, put_at, next_try_at) values ($1, $2, $3, $4, $5, $5) on conflict (id) do nothing`,
      [id, name, receiver, JSON.stringify(content), this.clock.now()],
    );
  }
}
