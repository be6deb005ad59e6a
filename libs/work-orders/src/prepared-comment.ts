import { Logger } from '@nestjs/common';
import { v4 as randomUuid } from 'uuid';
import { commentIds } from '#millwright/comments';
import {
  appendedNothing,
  type EventStore,
  type KeptText,
  type KeptTexts,
  type Outcome,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import type { Alarm } from './domain/alarm.js';
import type { AlarmEvent } from './domain/alarm.events.js';

/** Another request was first: what is to be done is looked at anew. */
export class Overtaken extends Error {}

type KeptComment = Readonly<{ commentId: number; text: KeptText }>;

/** What a repeat says. It is kept before the event that names it, once, however often the repeat is decided, and taken back where no event comes to name it. */
export class PreparedComment {
  private readonly logger = new Logger(PreparedComment.name);
  private keeping: Promise<KeptComment> | undefined;
  private mayBeNamed = false;

  constructor(
    private readonly content: string,
    private readonly texts: Pick<KeptTexts, 'keep' | 'stay' | 'takeBack'>,
    private readonly events: Pick<EventStore, 'nextId'>,
  ) {}

  kept(): Promise<KeptComment> {
    return (this.keeping ??= this.keep());
  }

  private async keep(): Promise<KeptComment> {
    const commentId = await this.events.nextId(commentIds.name);
    return { commentId, text: await this.texts.keep({ id: randomUuid(), recordId: commentId, content: this.content }) };
  }

  async namedBy(append: () => Promise<Outcome<Alarm>>): Promise<Outcome<Alarm>> {
    this.mayBeNamed = true;
    try {
      return await append();
    } catch (failure) {
      this.mayBeNamed = !(failure instanceof Overtaken || appendedNothing(failure));
      throw failure;
    }
  }

  async keptIfNamedBy<Decided extends Readonly<{ outcome: Outcome<Alarm> }>>(work: () => Promise<Decided>): Promise<Decided> {
    try {
      const decided = await work();
      // An earlier try of the same request may have kept it under another id, which its event names.
      const events = decided.outcome.events as readonly RecordedEvent<AlarmEvent>[];
      const named = events.flatMap(({ type, data }) => (type === 'AlarmRepeated' ? [data.textId] : []));
      await this.takeBackUnless((textId) => named.includes(textId));
      return decided;
    } catch (failure) {
      await this.takeBackUnless(() => this.mayBeNamed);
      throw failure;
    }
  }

  /** Whatever was decided is answered, also where this fails; what stays behind is swept. */
  private async takeBackUnless(isNamed: (textId: string) => boolean): Promise<void> {
    const kept = await this.keeping?.catch(() => undefined);
    if (!kept) return;
    const { id } = kept.text;
    const named = isNamed(id);
    await (named ? this.texts.stay(kept.text) : this.texts.takeBack(id)).catch((error: unknown) =>
      this.logger.error(
        `a text ${named ? 'may have gone that an event names' : 'stays behind that no event names'} (${id}): ${String(error)}`,
      ),
    );
  }
}
