import { Injectable } from '@nestjs/common';
import { EntityManager, In, Not, Raw, type Repository } from 'typeorm';
import type { Migration } from '#millwright/event-sourcing';
import { PersonalDetails } from './personal-details.entity.js';
import type { RecordValues } from './plain-decider.js';

export const peopleEntities = [PersonalDetails];

/** Names and addresses of people live here and nowhere else: rows can be changed and erased, events cannot. */
export const peopleMigrations: readonly Migration[] = [
  {
    name: '0001-people',
    sql: `
create table app.people (
  kind text not null,
  id bigint not null,
  version uuid not null,
  details jsonb not null,
  written_at timestamptz not null default now(),
  primary key (kind, id, version)
);
comment on table app.people is 'Personal data. An event names the version of the details it speaks of; only that version is shown.';
`,
  },
];

/**
 * A person's values under versions. A version is written before the event that names it, so an event never speaks of values that are not there,
 * and a refused command leaves only a version that nobody names.
 */
@Injectable()
export class PersonalValues {
  private readonly people: Repository<PersonalDetails>;

  constructor(entities: EntityManager) {
    this.people = entities.getRepository(PersonalDetails);
  }

  async read(kind: string, id: number, version: string): Promise<RecordValues> {
    return (await this.people.findOneBy({ kind, id, version }))?.details ?? {};
  }

  async write(kind: string, id: number, version: string, details: RecordValues): Promise<void> {
    await this.people
      .createQueryBuilder()
      .insert()
      .values({ kind, id, version, details: details as object })
      .orIgnore()
      .execute();
  }

  /** Forgets values that no event came to name. */
  async forget(kind: string, id: number, version: string): Promise<void> {
    await this.people.delete({ kind, id, version });
  }

  /** Takes some values out of every version that has them. */
  async forgetWithin(kind: string, id: number, path: readonly string[]): Promise<void> {
    await this.people
      .createQueryBuilder()
      .update()
      .set({ details: () => 'details #- CAST(:path AS text[])' })
      .where({ kind, id })
      .andWhere('details #> CAST(:path AS text[]) IS NOT NULL')
      .setParameter('path', path)
      .execute();
  }

  /** Every value that is still kept of a record, of whichever version. */
  async all(kind: string, id: number): Promise<readonly RecordValues[]> {
    return (await this.people.findBy({ kind, id })).map(({ details }) => details);
  }

  /** Has `instead` stand in every version: whoever reads what an earlier event names finds it, too. */
  async replaceAll(kind: string, id: number, instead: RecordValues): Promise<void> {
    await this.people.update({ kind, id }, { details: instead as object });
  }

  /** Forgets what no event names any more. The version before the current one stays until the next change: a read model may still be behind. */
  async forgetAllBut(kind: string, id: number, versions: readonly string[]): Promise<void> {
    const writtenAt = Raw((column) => `${column} < now() - interval '1 minute'`);
    await this.people.delete({ kind, id, version: Not(In(versions)), writtenAt });
  }
}
