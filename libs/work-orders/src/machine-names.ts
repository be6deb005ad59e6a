import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, currentScope } from '#millwright/access';
import type { Detail, DetailCode } from '#millwright/event-sourcing';
import { columnSql, inOrder, rowsOf } from '#millwright/lists';
import { users } from '#millwright/people';
import { foldedValue, Questions, RememberedRows } from '#millwright/resources';
import { assets } from '#millwright/sites';
import type { AssetKeyInput, NewWorkOrderFields, WorkOrderFields } from './work-order.fields.js';

/** A creation in our own numbers, and what is wrong with the names that it was given in: to be thrown inside the decision. */
export type Named = Readonly<{ input: WorkOrderFields; problems: readonly Detail[] }>;

type Found = Readonly<{ id?: number; problem?: Detail }>;
type Person = Readonly<{ id: string; email: string; archived: boolean; can_be_assigned_to_wo: boolean | null }>;

const columns = { code: 'asset_code', qr_code: 'qr_code', external_reference: 'external_reference' } as const satisfies Record<
  keyof AssetKeyInput,
  string
>;
const keyNames = ['asset_id', ...Object.keys(columns)];

/** Finds the asset and the people that a machine names in its own words (S41). */
@Injectable()
export class MachineNames {
  constructor(
    private readonly database: DataSource,
    private readonly questions: Questions,
    private readonly remembered: RememberedRows,
  ) {}

  /** @throws Rejection UNAVAILABLE what was written just now cannot be read */
  async inNumbers({ asset, technicians_emails, ...input }: NewWorkOrderFields): Promise<Named> {
    const { id, problem } = asset ? await this.asset(asset, input.asset_id) : ({} as Found);
    const people = technicians_emails?.length ? await this.people(technicians_emails) : [];
    const ids = people.flatMap((person) => person.id ?? []);
    return {
      input: {
        ...input,
        ...(id !== undefined && { asset_id: id }),
        ...(ids.length > 0 && { technicians_ids: [...new Set([...(input.technicians_ids ?? []), ...ids])] }),
      },
      problems: [problem, ...people.map((person) => person.problem)].filter((found) => found !== undefined),
    };
  }

  private async asset(said: AssetKeyInput, assetId: number | null | undefined): Promise<Found> {
    const wrong = (code: DetailCode, message: string, key?: string): Found => ({
      problem: { field: ['work_order.asset', ...(key === undefined ? [] : [key])].join('.'), code, message, names: keyNames },
    });
    if (assetId != null) return wrong('contradicts', 'must not stand beside asset_id');
    const given = (Object.keys(columns) as (keyof typeof columns)[]).filter((name) => said[name] != null);
    const [key] = given;
    if (key === undefined) return wrong('required', 'must name the asset by code, qr_code or external_reference');
    if (given.length > 1) return wrong('contradicts', `must name the asset by one of ${given.join(', ')}`);
    const [found, other] = await this.known(() => this.assetsBy(columns[key], String(said[key])));
    if (!found) return wrong('not_found', 'there is no such asset', key);
    return other ? wrong('ambiguous', 'is that of several assets', key) : { id: Number(found.id) };
  }

  /** A machine says the same name each time: it is looked up again when something has happened to an asset. */
  private assetsBy(column: string, value: string): Promise<{ id: string }[]> {
    const { view, stream } = assets;
    const sql = (name: string): string => columnSql(view, name);
    const { id: entityId } = currentEntity();
    return this.remembered.answer(stream.category, `${column} at ${entityId}: ${value}`, () =>
      this.database.query(
        `SELECT ${sql('id')}::text AS id FROM ${rowsOf(view)} WHERE ${sql('entity_id')} = $1 AND ${inOrder(sql(column))} = $2 AND NOT ${sql('archived')} ORDER BY ${sql('id')} LIMIT 2`,
        [entityId, value],
      ),
    );
  }

  private async people(emails: readonly string[]): Promise<Found[]> {
    const wanted = [...new Set(emails.map(foldedValue))];
    const has = (person: Person, email: string): boolean => foldedValue(person.email) === email;
    const isKnown = (found: readonly Person[]): boolean => wanted.every((email) => found.some((person) => has(person, email)));
    const found = await this.known(() => this.peopleBy(wanted), isKnown);
    return wanted.map((email): Found => {
      const wrong = (code: DetailCode, message: string): Found => ({ problem: { field: 'work_order.technicians_emails', code, message } });
      const of = found.filter((person) => has(person, email));
      const [person, other] = of.filter(({ archived }) => !archived);
      if (other) return wrong('ambiguous', `several users have the address ${email}`);
      if (!person)
        return of.length > 0 ? wrong('archived', `the user ${email} is archived`) : wrong('not_found', `there is no user ${email}`);
      if (person.can_be_assigned_to_wo === false) return wrong('not_assignable', `the user ${email} is not assignable`);
      return { id: Number(person.id) };
    });
  }

  /** By what they claim, and those who have an address from before it had to be unique. */
  private peopleBy(emails: readonly string[]): Promise<Person[]> {
    const { view } = users;
    const sql = (name: string): string => columnSql(view, name);
    return this.database.query(
      `SELECT ${sql('id')}::text AS id, ${sql('email')} AS email, ${sql('archived')} AS archived, ${sql('can_be_assigned_to_wo')} AS can_be_assigned_to_wo
       FROM ${rowsOf(view)} WHERE ${sql('customer_id')} = $1 AND (lower(${sql('email')}) = ANY($2) OR ${sql('id')} IN
         (SELECT id FROM app.external_references WHERE customer_id = 0 AND entity_id = 0 AND resource = 'user.email' AND reference = ANY($2)))`,
      [currentScope().principal.customerId, emails],
    );
  }

  /** What is not there may have been written this very moment: then it is waited for. */
  private async known<Row>(read: () => Promise<Row[]>, isKnown = (rows: readonly Row[]): boolean => rows.length > 0): Promise<Row[]> {
    const found = await read();
    if (isKnown(found)) return found;
    await this.questions.everythingIsShown('What was written just now cannot be read yet. Please try again.');
    return read();
  }
}
