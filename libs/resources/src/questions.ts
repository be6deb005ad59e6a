import { Injectable } from '@nestjs/common';
import { EventStore, ProjectionEngine, Rejection } from '#millwright/event-sourcing';

/** How long is waited for the read models, from which rooms answer, in milliseconds. */
const longestWaitMs = 2_000;

/** A question of one room that others answer with yes or no: "is there an amount of this site?" */
export type Question<Subject> = Readonly<{
  /** Never there: says what the question is about. */
  subject?: Subject;
  /** The sentence for a client whose request has to wait, since the answer cannot be known now. */
  told: string;
}>;

type Answer<Subject> = (subject: Subject) => Promise<boolean>;

/** Asks other rooms before something is decided that one room cannot know alone. */
@Injectable()
export class Questions {
  private readonly answers = new Map<unknown, Answer<never>[]>();

  constructor(
    private readonly events: EventStore,
    private readonly projections: ProjectionEngine,
  ) {}

  /** To be called at start. When the question is asked, the read models show everything that was written before. */
  answer<Subject>(question: Question<Subject>, answer: Answer<Subject>): void {
    this.answers.set(question, [...(this.answers.get(question) ?? []), answer]);
  }

  /** Whether any room says yes. @throws Rejection UNAVAILABLE the read models do not show everything that has been written */
  async ask<Subject>(question: Question<Subject>, subject: Subject): Promise<boolean> {
    await this.everythingIsShown(question.told);
    const answers = (this.answers.get(question) ?? []) as Answer<Subject>[];
    return (await Promise.all(answers.map((answer) => answer(subject)))).includes(true);
  }

  /** Waits until the read models show what has been written so far. @throws Rejection UNAVAILABLE with that sentence */
  async everythingIsShown(told: string): Promise<void> {
    if (!(await this.projections.reaches(await this.events.head(), longestWaitMs))) throw new Rejection('UNAVAILABLE', told);
  }
}
