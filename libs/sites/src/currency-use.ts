import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Rejection } from '#millwright/event-sourcing';
import { RecordWriter } from '#millwright/resources';
import { entities } from './entities.js';

/** Answers whether amounts of a site exist. Whoever keeps amounts (parts, costs) adds a question at start. */
@Injectable()
export class CurrencyUse implements OnModuleInit {
  private readonly questions: ((entityId: number) => Promise<boolean>)[] = [];

  constructor(private readonly records: RecordWriter) {}

  /** Adds a room's question: "do you have a part, or a cost, of this site?" */
  ask(question: (entityId: number) => Promise<boolean>): void {
    this.questions.push(question);
  }

  /** Another currency would give every stored amount another meaning. */
  onModuleInit(): void {
    this.records.guardChanges(entities, async (id, _state, changes) => {
      if (changes['currency'] === undefined) return;
      const answers = await Promise.all(this.questions.map((question) => question(id)));
      if (answers.includes(true)) throw new Rejection('CURRENCY_IN_USE', "The entity's currency is fixed, since a part or a cost exists.");
    });
  }
}
