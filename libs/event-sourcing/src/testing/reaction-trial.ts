import type { Event, RecordedEvent } from '../event.js';
import type { Stream } from '../decider.js';
import type { Reaction } from '../process-managers/reaction.js';
import type { KeptText } from '../kept-texts/kept-texts.js';
import type { Message } from '../outbox/outbox.js';
import { streamName } from '../stream-name.js';
import { TrialLog, type Appended } from './trial-log.js';

/**
 * Tries a reaction without a database: given what happened, when something happens, then this is appended because of it.
 * Ids follow from the event as they do in the engine, and what is appended already is not appended again.
 */
export class ReactionTrial {
  /** What was put into the outbox, each once. */
  readonly sent: Message[] = [];
  /** What is kept outside of events, by its id: the first stays. */
  readonly texts = new Map<string, KeptText & Readonly<{ content: string }>>();
  /** What was said to stay, and how many events had been appended by then. */
  readonly stayed: [id: string, appended: number][] = [];
  private readonly log = new TrialLog();
  private cause: RecordedEvent | undefined;

  constructor(
    private readonly reaction: Reaction,
    private readonly timeZone = 'Etc/UTC',
  ) {}

  given<State, E extends Event>({ category }: Stream<State, E>, id: number, ...events: readonly E[]): this {
    for (const event of events) this.log.record(streamName(category, id), event);
    return this;
  }

  /** The event happens, and the reaction takes it. */
  async when<State, E extends Event>({ category }: Stream<State, E>, id: number, event: E): Promise<Appended> {
    this.cause = this.log.record(streamName(category, id), event);
    return this.reactTo(this.cause);
  }

  /** The reaction takes the last event that it was given once more, as after a crash. */
  async again(): Promise<Appended> {
    if (!this.cause) throw new Error('nothing has happened yet');
    return this.reactTo(this.cause);
  }

  private async reactTo(cause: RecordedEvent): Promise<Appended> {
    const before = this.log.length;
    await this.reaction.react(cause, {
      events: this.log.events(),
      timeZoneOf: () => Promise.resolve(this.timeZone),
      outbox: {
        put: (message) => {
          if (!this.sent.some(({ id }) => id === message.id)) this.sent.push(message);
          return Promise.resolve();
        },
      },
      texts: {
        keep: (kept) => {
          const first = this.texts.get(kept.id) ?? { ...kept, digest: `digest of ${kept.content}` };
          this.texts.set(kept.id, first);
          return Promise.resolve(first);
        },
        stay: ({ id }) => Promise.resolve(void this.stayed.push([id, this.log.length - before])),
      },
    });
    return this.log.since(before);
  }
}
