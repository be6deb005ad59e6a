import { Injectable } from '@nestjs/common';
import type { Row } from '#millwright/event-sourcing';
import { Answer, RelatedRecords, type OtherAnswers } from '#millwright/resources';
import { laborEntry } from './labor-entry.shown.js';
import type { StoppedTimer } from './timer.commands.js';

/** The answer of a stop: the entry that the timer has left, or null. */
@Injectable()
export class StoppedTimerAnswers implements OtherAnswers<StoppedTimer, object> {
  constructor(private readonly related: RelatedRecords) {}

  async answer({ entry, revision, position }: StoppedTimer): Promise<Answer> {
    return new Answer(entry && (await laborEntry.print(entry, this.related)), { revision, position });
  }

  source({ entry }: StoppedTimer): Row | null {
    return entry;
  }
}
