import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { KnownAccess, requireChargeOf, userIdOf } from '#millwright/access';
import { EventStore, KeptTexts, type Row } from '#millwright/event-sourcing';
import { Answer, RelatedRecords, requireHere, ResourceReader, type RecordState } from '#millwright/resources';
import { personalData, personalSections } from './personal-data.shown.js';
import { PersonalTraces } from './personal-traces.js';
import { users } from './users.js';

/** Reads all that is known of people. */
@Injectable()
export class PersonalDataReader {
  private readonly texts: KeptTexts;

  constructor(
    private readonly events: EventStore,
    private readonly access: KnownAccess,
    private readonly resources: ResourceReader,
    private readonly related: RelatedRecords,
    private readonly traces: PersonalTraces,
    entities: EntityManager,
  ) {
    this.texts = new KeptTexts(entities);
  }

  /** @throws Rejection as `row` */
  async answer(userId: number): Promise<Answer> {
    const row = await this.row(userId);
    return new Answer(await personalData.print(row, this.related), { revision: Number((row['user'] as Row)['revision']) });
  }

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS the person may do what the caller may not (S2) */
  async row(userId: number): Promise<Row> {
    const { state } = await this.events.load(users.stream, userId);
    requireHere(state.history, 'customer');
    await this.access.consider((known, by, world) => requireChargeOf(known, by, userId, world));
    const [user, erasure, ...found] = await Promise.all([
      this.resources.row(users, userId),
      this.erasureIn(state),
      ...personalSections.map(async (section) => [section, await this.traces.find(section, userId)] as const),
    ]);
    return { person_id: userId, user, erasure, ...Object.fromEntries(found) };
  }

  private async erasureIn({ erased, history }: RecordState): Promise<Row | null> {
    if (!erased || !history) return null;
    // Nothing is written on it afterwards.
    const { at, by } = history.updated;
    return { erased_at: at, erased_by_id: userIdOf(by), reason: await this.texts.read(erased.reasonId) };
  }
}
