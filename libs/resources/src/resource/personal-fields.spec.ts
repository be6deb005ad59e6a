import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { alike, runInScope, type RequestScope } from '#millwright/access';
import {
  ensureSequences,
  EventStore,
  logMigrations,
  PostgresLog,
  ProjectionEngine,
  projectionMigrations,
  Rejection,
  runInContext,
  Sequences,
  type CommandContext,
  type IdempotentAttempt,
  type Row,
} from '#millwright/event-sourcing';
import { Children, ExternalReference, Flag, Name, PlainDate, Text, type Child, type Related } from '#millwright/fields';
import { languageMigrations, ListReader, ParkedRows, parseListQuery, Snapshots, viewOf, type RawQuery } from '#millwright/lists';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { Questions } from '../questions.js';
import { externalReferenceMigrations, ExternalReferences } from '../references/external-references.js';
import { ReferenceChecks } from '../references/reference-checks.js';
import { referenceTarget } from '../references/reference-targets.js';
import { BuiltInRecords } from './built-in-records.js';
import { defineRecord, defineResource } from './define-resource.js';
import { PersonalDetails } from './personal-details.entity.js';
import { personalFields } from './personal-fields.js';
import { PersonalRecords } from './personal-records.js';
import { UniqueValues } from './unique-values.js';
import { withoutPersonal } from './personal-states.js';
import { peopleMigrations, PersonalValues } from './personal-values.js';
import type { RecordValues } from './plain-decider.js';
import { Relations } from '../relations/relations.js';
import { PlainWriter } from './plain-writer.js';
import type { ResourceState, Written } from './resource-definition.js';
import { resourceFields } from './resource-fields.js';
import { listAttributesOf } from './resource-table.js';
import { Trees } from './trees.js';

class VehicleFields {
  @Text({ required: true, description: 'Its number plate.' }) plate!: string;
  @Name({ personal: true, description: 'Who drives it.' }) driver?: string | null;
}

class ContactFields {
  @Name({ required: true, personal: true, description: 'Who is to be called.' }) name!: string;
  @Text({ personal: true, description: 'A telephone number.' }) phone?: string | null;
  @Text({ description: 'What the contact is to the visitor.' }) role?: string | null;
}

/** What a request says of a contact, with the id of one that is there. */
type SaidContact = Partial<ContactFields> & Readonly<{ id?: number; _destroy?: boolean }>;

class VisitorFields {
  @Name({ personal: true, description: 'What the visitor is called.' }) name?: string | null;
  @Text({ personal: true, description: 'A telephone number.' }) phone_number?: string | null;
  @Flag({ personal: true, description: 'Whether the visitor cannot climb stairs.' }) needs_lift?: boolean | null;
  @PlainDate({ personal: true, description: 'The day of birth.' }) born_on?: string | null;
  @Text({ description: 'Where the visitor comes from.' }) company?: string | null;
  @Text({ description: 'What is to be seen.' }) purpose?: string | null;
  @Children(VehicleFields, { name: 'visitor_vehicle' }) visitor_vehicles_attributes?: VehicleFields[] | null;
  @Children(ContactFields, { name: 'visitor_contact' }) visitor_contacts_attributes?: SaidContact[] | null;
}

const visitors = defineRecord({
  name: 'visitor',
  plural: 'visitors',
  fields: VisitorFields,
  description: 'Somebody who is shown around.',
  scope: 'customer',
  label: ['id', 'name'],
  search: ['name', 'company'],
  defaultSort: 'id asc',
  history: true,
  rules: {
    change({ values }, changes) {
      if (changes.phone_number === null && values.name === 'Ada') throw new Rejection('CONFLICT', 'Ada can always be reached.');
    },
  },
});

let database: TestDatabase;
let source: DataSource;
let pool: Pool;
let log: PostgresLog;
let engine: ProjectionEngine;
let events: EventStore;
let values: PersonalValues;
let writer: PlainWriter;

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 4 });
  const owner = await pool.connect();
  const migrations = [logMigrations, projectionMigrations, languageMigrations, externalReferenceMigrations, peopleMigrations];
  for (const { sql } of migrations.flat()) await owner.query(sql);
  await ensureSequences(owner, [visitors.name, ...visitors.children.map(({ name }) => name)]);
  owner.release();
  source = await new DataSource({
    type: 'postgres',
    url: database.ownerUrl,
    entities: [PersonalDetails],
    installExtensions: false,
    extra: { max: 4 },
  }).initialize();
  log = new PostgresLog({ url: database.url });
  engine = new ProjectionEngine({
    log,
    projections: [visitors.projection],
    database: { app: { connectionString: database.url }, owner: { connectionString: database.ownerUrl } },
  });
  await engine.start();
  events = new EventStore(log, new Sequences(pool));
  values = new PersonalValues(source.manager);
  const [people, claims] = [new PersonalRecords(values), new ExternalReferences(pool)];
  writer = new PlainWriter(
    events,
    new ReferenceChecks(events, source.manager),
    claims,
    new Trees(events, pool, source, new Questions(events, engine)),
    people,
    new UniqueValues(events, people, claims),
    new Relations(events, source, new Questions(events, engine), undefined as never, engine),
  );
});

afterAll(async () => {
  await engine.stop();
  await log.close();
  await source.destroy();
  await pool.end();
  await database.drop();
});

const context = (): CommandContext => ({
  actor: { kind: 'user', id: '1' },
  customerId: 1,
  entityId: 1,
  requestId: 'request',
  correlationId: 'request',
  causationId: 'request',
  deadline: Date.now() + 30_000,
});
const scope: RequestScope = {
  requestId: 'request',
  principal: { credential: { kind: 'api_key', id: 'test' }, customerId: 1, userId: 1, rights: alike('all') },
  held: 'all',
  customer: { id: 1, name: 'Acme' },
  entity: { id: 1, name: 'Main Facility', currency: 'USD', currency_symbol: '$', datetime_format: '', timezone: 'Etc/UTC: +00:00' },
};

const register = (input: VisitorFields): Promise<Written> => runInContext(context(), () => writer.register(visitors, input));
const change = (id: number, input: VisitorFields): Promise<Written> => runInContext(context(), () => writer.change(visitors, id, input));

/** What the log has of a visitor, the version of personal values called by its place among those that were written. */
async function stored(id: number): Promise<object[]> {
  const found = (await log.readStream(`visitor-${id}`)).map(({ type, data }) => ({ type, data: data as Row }));
  const versions = [...new Set(found.flatMap(({ data }) => ('storedAs' in data ? [data['storedAs']] : [])))];
  return found.map(({ type, data }) => ({
    [type.replace('Visitor', '')]: { ...data, ...('storedAs' in data && { storedAs: versions.indexOf(data['storedAs']) + 1 }) },
  }));
}

const kept = async (id: number): Promise<RecordValues[]> =>
  (await source.manager.find(PersonalDetails, { where: { kind: 'visitor', id }, order: { writtenAt: 'asc' } })).map(
    ({ details }) => details,
  );

const erase = (id: number): Promise<unknown> => source.manager.delete(PersonalDetails, { kind: 'visitor', id });

async function list(query: RawQuery, after: Written): Promise<readonly Row[]> {
  await engine.waitFor(after.position);
  const reader = new ListReader(source, new ParkedRows(source), new Snapshots(source));
  return runInScope(scope, async () => (await reader.read(visitors.list, parseListQuery(visitors.list, query))).rows);
}

const shown = ({ name, phone_number, company }: Row): unknown[] => [name, phone_number, company];

describe('a record of which some fields are personal', () => {
  it('keeps the plain ones in its table and its events, and the others where they can be erased', () => {
    expect(visitors.table.columns).toMatchObject({ company: 'text', purpose: 'text', stored_as: 'uuid' });
    for (const name of visitors.personal.columns) expect(Object.keys(visitors.table.columns)).not.toContain(name);
    expect([...visitors.personal.columns]).toEqual(['name', 'phone_number', 'needs_lift', 'born_on']);
  });

  it('says in its events what is plain, and of what is personal only which fields and under which version', async () => {
    const { id, row } = await register({ name: 'Grace', phone_number: '+1', company: 'Navy' });
    expect(shown(row)).toEqual(['Grace', '+1', 'Navy']);
    await change(id, { company: 'Army' });
    await change(id, { phone_number: '+2' });
    const { row: last } = await change(id, { name: 'Hopper', company: null, purpose: 'Bugs' });
    expect(shown(last)).toEqual(['Hopper', '+2', null]);
    expect(await stored(id)).toEqual([
      { Registered: { company: 'Navy', fields: ['name', 'phoneNumber'], storedAs: 1 } },
      { Changed: { company: 'Army' } },
      { Changed: { fields: ['phoneNumber'], storedAs: 2 } },
      { Changed: { company: null, purpose: 'Bugs', fields: ['name'], storedAs: 3 } },
    ]);
    expect((await kept(id)).at(-1)).toMatchObject({ name: 'Hopper', phone_number: '+2' });
    for (const details of await kept(id)) expect(Object.keys(details)).not.toContain('company');
  });

  it('writes nothing where nothing differs, and no second version where nothing personal does', async () => {
    const { id, revision } = await register({ name: 'Kay', company: 'Xerox' });
    expect((await change(id, { name: 'Kay', company: 'Xerox' })).revision).toBe(revision);
    await change(id, { name: 'Kay', company: 'Apple' });
    expect((await stored(id)).at(-1)).toEqual({ Changed: { company: 'Apple' } });
    expect(await kept(id)).toEqual([expect.objectContaining({ name: 'Kay' })]);
  });

  it('keeps nothing where nothing personal is said, until it is', async () => {
    const { id, row } = await register({ company: 'Navy' });
    expect(shown(row)).toEqual([null, null, 'Navy']);
    expect(await kept(id)).toEqual([]);
    await change(id, { purpose: 'Radar' });
    expect(shown((await change(id, { phone_number: '+3' })).row)).toEqual([null, '+3', 'Navy']);
    expect(await stored(id)).toEqual([
      { Registered: { company: 'Navy' } },
      { Changed: { purpose: 'Radar' } },
      { Changed: { fields: ['phoneNumber'], storedAs: 1 } },
    ]);
  });

  it('clears a personal field by null, as any other', async () => {
    const { id } = await register({ name: 'Alan', phone_number: '+4' });
    expect(shown((await change(id, { name: null })).row)).toEqual([null, '+4', null]);
    expect((await stored(id)).at(-1)).toEqual({ Changed: { fields: ['name'], storedAs: 2 } });
  });

  it('asks its rules with what was personal before, and keeps nothing of what they refuse', async () => {
    const { id } = await register({ name: 'Ada', phone_number: '+5', company: 'Analytical' });
    await expect(change(id, { phone_number: null, company: 'Difference' })).rejects.toThrow('Ada can always be reached.');
    expect(await stored(id)).toHaveLength(1);
    expect(await kept(id)).toHaveLength(1);
    expect(shown((await change(id, { phone_number: '+6' })).row)).toEqual(['Ada', '+6', 'Analytical']);
  });

  it('loses nothing where personal and plain fields are changed at once', async () => {
    const { id } = await register({ name: 'Ken', phone_number: '+7', company: 'Bell' });
    await Promise.all([
      change(id, { name: 'Thompson' }),
      change(id, { phone_number: '+8' }),
      change(id, { needs_lift: true }),
      change(id, { company: 'Labs' }),
    ]);
    const { row } = await change(id, { purpose: 'Unix' });
    expect(row).toMatchObject({ name: 'Thompson', phone_number: '+8', needs_lift: true, company: 'Labs' });
  });

  it('may have children, which events speak of as ever', async () => {
    const { id } = await register({ name: 'Bertha', visitor_vehicles_attributes: [{ plate: 'HD 1' }] });
    const { row } = await change(id, { name: 'Benz', visitor_vehicles_attributes: [{ plate: 'HD 2' }] });
    expect(row).toMatchObject({
      name: 'Benz',
      visitor_vehicles: [
        { id: 1, plate: 'HD 1' },
        { id: 2, plate: 'HD 2' },
      ],
    });
    expect(await stored(id)).toEqual([
      { Registered: { visitorVehicles: { added: [{ id: 1, plate: 'HD 1' }] }, fields: ['name'], storedAs: 1 } },
      { Changed: { visitorVehicles: { added: [{ id: 2, plate: 'HD 2' }] }, fields: ['name'], storedAs: 2 } },
    ]);
    expect((await kept(id)).at(-1)).not.toHaveProperty('visitor_vehicles');
  });

  it('is archived and brought back whole', async () => {
    const { id } = await register({ name: 'Jean', company: 'Univac' });
    expect(shown((await runInContext(context(), () => writer.archive(visitors, id))).row)).toEqual(['Jean', null, 'Univac']);
    await expect(change(id, { name: 'Sammet' })).rejects.toThrow('bring it back first');
    expect(await kept(id)).toHaveLength(1);
    expect(shown((await runInContext(context(), () => writer.unarchive(visitors, id))).row)).toEqual(['Jean', null, 'Univac']);
  });

  it('reads null for what was erased, and stays what it is otherwise', async () => {
    const { id } = await register({ name: 'Edith', phone_number: '+9', company: 'Army' });
    await erase(id);
    const fromTheLog = await referenceTarget('visitor').find(id, { events, entities: source.manager });
    expect(shown(fromTheLog ?? {})).toEqual([null, null, 'Army']);
    const changed = await change(id, { company: 'Signal Corps' });
    expect(shown(changed.row)).toEqual([null, null, 'Signal Corps']);
    expect((await list({ company: 'Signal Corps' }, changed)).map(shown)).toEqual([[null, null, 'Signal Corps']]);
    expect(shown((await change(id, { phone_number: '+10' })).row)).toEqual([null, '+10', 'Signal Corps']);
  });

  it('is changed on where an earlier release kept the version before among its values', async () => {
    const { id } = await register({ name: 'Klara', phone_number: '+12', company: 'Army' });
    await source.query(`UPDATE app.people SET details = details || jsonb_build_object('stored_as', $2::text) WHERE id = $1`, [
      id,
      uuidv7(),
    ]);
    expect(shown((await change(id, { name: 'Klara von Neumann', company: 'Los Alamos' })).row)).toEqual(['Klara von Neumann', '+12', 'Los Alamos']); // prettier-ignore
    expect((await kept(id)).at(-1)).not.toHaveProperty('stored_as');
  });

  it('is found and sorted by both, what was erased standing last', async () => {
    const company = 'Bletchley';
    for (const [name, born_on] of [['Joan', '1917-06-24'], ['Mavis', '1921-05-05'], ['Dilly', '1884-07-23']] as const) await register({ name, born_on, company }); // prettier-ignore
    const nameless = await register({ name: 'Max', company });
    await erase(nameless.id);
    const names = async (query: RawQuery): Promise<unknown[]> => (await list({ company, ...query }, nameless)).map(({ name }) => name);
    expect(await names({ sort: 'name asc' })).toEqual(['Dilly', 'Joan', 'Mavis', null]);
    expect(await names({ sort: 'name desc' })).toEqual([null, 'Mavis', 'Joan', 'Dilly']);
    expect(await names({ 'filter[name_start]': 'Jo' })).toEqual(['Joan']);
    expect(await names({ 'filter[born_on_gt]': '1900-01-01', sort: 'born_on desc' })).toEqual(['Mavis', 'Joan']);
    expect(await names({ 'filter[name_null]': 'true' })).toEqual([null]);
    expect(await names({ search: 'mav' })).toEqual(['Mavis']);
    expect(await names({ search: 'bletch', sort: 'company asc, name desc' })).toEqual([null, 'Mavis', 'Joan', 'Dilly']);
  });

  it('can be there from the first start', async () => {
    const built = new BuiltInRecords(events, values);
    const definition = { definition: visitors, id: 9_000, values: { name: 'Guide', company: 'House', needs_lift: false } };
    expect(await built.record(definition, context())).toBeGreaterThan(0n);
    expect(await built.record(definition, context())).toBe(0n);
    expect(await stored(9_000)).toEqual([{ Registered: { company: 'House', fields: ['name', 'needsLift'], storedAs: 1 } }]);
    expect(await kept(9_000)).toEqual([{ name: 'Guide', needs_lift: false }]);
  });
});

const contactsOf = ({ visitor_contacts }: Row): unknown => visitor_contacts;
const idsOf = ({ visitor_contacts }: Row): number[] => (visitor_contacts as Child[]).map(({ id }) => id);

describe('children of which some fields are personal', () => {
  const grandchild = { name: 'Allegra', phone: '+1', role: 'niece' };

  it('are told of with what is plain, with which fields are personal, and under which version', async () => {
    const { id, row } = await register({ visitor_contacts_attributes: [grandchild, { name: 'Ralph' }] });
    const [allegra = 0, ralph = 0] = idsOf(row);
    expect(contactsOf(row)).toEqual([
      { id: allegra, ...grandchild },
      { id: ralph, name: 'Ralph' },
    ]);
    await change(id, { visitor_contacts_attributes: [{ id: ralph, role: 'nephew' }] });
    await change(id, { visitor_contacts_attributes: [{ id: allegra, phone: '+2' }, { id: ralph, phone: '+3', role: null }] }); // prettier-ignore
    const { row: last } = await change(id, { name: 'Lord B.', visitor_contacts_attributes: [{ name: 'Anne', role: 'wife' }, { id: ralph, phone: null }] }); // prettier-ignore
    const anne = Number(idsOf(last)[2]);
    expect(contactsOf(last)).toEqual([
      { id: allegra, name: 'Allegra', phone: '+2', role: 'niece' },
      { id: ralph, name: 'Ralph', role: null },
      { id: anne, name: 'Anne', role: 'wife' },
    ]);
    expect(await stored(id)).toEqual([
      { Registered: { visitorContacts: { added: [{ id: allegra, role: 'niece', fields: ['name', 'phone'] }, { id: ralph, fields: ['name'] }] }, storedAs: 1 } },
      { Changed: { visitorContacts: { changed: [{ id: ralph, role: 'nephew' }] } } },
      { Changed: { visitorContacts: { changed: [{ id: allegra, fields: ['phone'] }, { id: ralph, role: null, fields: ['phone'] }] }, storedAs: 2 } },
      {
        Changed: {
          visitorContacts: { added: [{ id: anne, role: 'wife', fields: ['name'] }], changed: [{ id: ralph, fields: ['phone'] }] },
          fields: ['name'],
          storedAs: 3,
        },
      },
    ]); // prettier-ignore
    expect((await kept(id)).at(-1)).toEqual({
      name: 'Lord B.',
      visitor_contacts: { [allegra]: { name: 'Allegra', phone: '+2' }, [ralph]: { name: 'Ralph' }, [anne]: { name: 'Anne' } },
    });
  });

  it('are written once where they are said to be what they are', async () => {
    const { id, row, revision } = await register({ visitor_contacts_attributes: [grandchild] });
    expect((await change(id, { visitor_contacts_attributes: [{ id: idsOf(row)[0], ...grandchild }] })).revision).toBe(revision);
    expect(await kept(id)).toHaveLength(1);
  });

  it('leave nothing behind when they go, however often they were changed just before', async () => {
    const { id, row: first } = await register({ name: 'Byron', visitor_contacts_attributes: [grandchild, { name: 'Ralph' }] });
    const [allegra = 0, ralph = 0] = idsOf(first);
    await change(id, { visitor_contacts_attributes: [{ id: allegra, name: 'Clara' }] });
    const { row } = await change(id, { visitor_contacts_attributes: [{ id: allegra, _destroy: true }] });
    expect(contactsOf(row)).toEqual([{ id: ralph, name: 'Ralph' }]);
    expect((await stored(id)).at(-1)).toEqual({ Changed: { visitorContacts: { removed: [allegra] }, storedAs: 3 } });
    const versions = await kept(id);
    expect(versions).toHaveLength(3);
    for (const version of versions) expect(version).toEqual({ name: 'Byron', visitor_contacts: { [ralph]: { name: 'Ralph' } } });
    const { row: bare } = await change(id, { visitor_contacts_attributes: [{ id: ralph, _destroy: true }] });
    expect(contactsOf(bare)).toEqual([]);
    expect(JSON.stringify(await kept(id))).not.toContain('Ralph');
  });

  it('keep the values that were said of them when others are added at once', async () => {
    const { id } = await register({ visitor_contacts_attributes: [{ name: 'first' }] });
    const add = (name: string): Promise<Written> => change(id, { visitor_contacts_attributes: [{ name, role: `role of ${name}` }] });
    await Promise.all([add('second'), add('third'), add('fourth')]);
    const { row } = await change(id, { purpose: 'Poetry' });
    const contacts = contactsOf(row) as Child[];
    expect(contacts.map(({ name }) => name).sort()).toEqual(['first', 'fourth', 'second', 'third']);
    for (const { name, role } of contacts.slice(1)) expect(role).toBe(`role of ${String(name)}`);
  });

  it('keep them when a change from before they came is carried on, and found done', async () => {
    const { id } = await register({ visitor_contacts_attributes: [grandchild] });
    await change(id, { purpose: 'Poetry' });
    const [allegra = 0, anne = 0] = idsOf((await change(id, { visitor_contacts_attributes: [{ name: 'Anne' }] })).row);
    const [, { id: eventId = '' } = {}] = await log.readStream(`visitor-${id}`);
    const nothing = (): void => undefined;
    const earlierTry = { streams: { [`visitor-${id}`]: 0 } };
    const attempt = { eventId: () => eventId, earlierTry, recognised: nothing, committed: nothing };
    const idempotency = attempt as unknown as IdempotentAttempt;
    const again = await runInContext({ ...context(), idempotency }, () => writer.change(visitors, id, { purpose: 'Poetry' }));
    expect(again.revision).toBe(1);
    expect((await kept(id)).at(-1)).toEqual({
      visitor_contacts: { [allegra]: { name: 'Allegra', phone: '+1' }, [anne]: { name: 'Anne' } },
    });
  });

  it('keep them where some that have none are added at once', async () => {
    const { id } = await register({ company: 'Benz' });
    const arrive = (plate: string, driver?: string): Promise<Written> => change(id, { visitor_vehicles_attributes: [{ plate, driver }] });
    await Promise.all([arrive('HD 1'), arrive('HD 2', 'Bertha'), arrive('HD 3'), arrive('HD 4', 'Eugen')]);
    const { row } = await change(id, { purpose: 'A drive' });
    const drivers = (row['visitor_vehicles'] as Child[]).map(({ plate, driver }) => [plate, driver]);
    expect(Object.fromEntries(drivers)).toEqual({ 'HD 1': undefined, 'HD 2': 'Bertha', 'HD 3': undefined, 'HD 4': 'Eugen' });
  });

  it('are refused without a trace', async () => {
    const { id, row } = await register({ visitor_contacts_attributes: [grandchild] });
    const refused = change(id, { visitor_contacts_attributes: [{ name: 'Nobody' }, { id: 7_000, name: 'No one' }] });
    await expect(refused).rejects.toMatchObject({ details: [{ field: 'visitor.visitor_contacts_attributes.1.id', code: 'not_found' }] });
    expect(await kept(id)).toEqual([{ visitor_contacts: { [String(idsOf(row)[0])]: { name: 'Allegra', phone: '+1' } } }]);
    expect(await stored(id)).toHaveLength(1);
  });

  it('are read whole from the read model, and nameless once they are erased, from there and from the log', async () => {
    const company = 'Ravenna';
    const { id, row: first } = await register({ company, visitor_contacts_attributes: [grandchild, { name: 'Ralph' }] });
    const [allegra = 0, ralph = 0] = idsOf(first);
    const without = await register({ company });
    const contactsListed = async (): Promise<unknown[]> => (await list({ company }, without)).map(contactsOf);
    expect(await contactsListed()).toEqual([[{ id: allegra, ...grandchild }, { id: ralph, name: 'Ralph' }], null]); // prettier-ignore
    await erase(id);
    const erased = [{ id: allegra, role: 'niece' }, { id: ralph }];
    expect(await contactsListed()).toEqual([erased, null]);
    expect(contactsOf((await referenceTarget('visitor').find(id, { events, entities: source.manager })) ?? {})).toEqual(erased);
    const { row } = await change(id, { visitor_contacts_attributes: [{ id: allegra, role: 'ward' }, { id: ralph, phone: '+4' }] }); // prettier-ignore
    expect(contactsOf(row)).toEqual([{ id: allegra, role: 'ward' }, { id: ralph, phone: '+4' }]); // prettier-ignore
    expect(await visitors.printer.print(row, 'full', { label: () => null } as unknown as Related)).toMatchObject({
      visitor_contacts: [
        { id: allegra, name: null, phone: null, role: 'ward' },
        { id: ralph, name: null, phone: '+4', role: null },
      ],
    });
  });

  it('stand in no version of the history', async () => {
    const { id, row } = await register({ name: 'Percy', visitor_contacts_attributes: [{ name: 'Mary', role: 'wife' }] });
    const changed = await change(id, { visitor_contacts_attributes: [{ id: idsOf(row)[0], name: 'Mary Shelley' }] });
    await engine.waitFor(changed.position);
    const history = viewOf(visitors.table).history;
    const table = history && 'versions' in history ? history.versions : '';
    const versions = await source.query<Row[]>(`SELECT to_jsonb(version) AS version FROM ${table} version WHERE id = $1`, [id]);
    expect(versions).toHaveLength(2);
    expect(JSON.stringify(versions)).toContain('wife');
    expect(JSON.stringify(versions)).not.toMatch(/Mary|Percy/);
  });
});

describe('what is personal', () => {
  const fields = resourceFields({ name: 'badge', fields: BadgeFields() });
  const personal = personalFields('Badge', fields.all);

  it('never stands in an event that names no version', () => {
    expect(() => withoutPersonal(personal, { type: 'BadgeChanged', data: { firstName: 'Ada' } }, undefined)).toThrow(
      'BadgeChanged speaks of personal values that are kept nowhere',
    );
    expect(withoutPersonal(personal, { type: 'BadgeChanged', data: { colour: 'red' } }, undefined).data).toEqual({ colour: 'red' }); // prettier-ignore
  });

  it('can be missing in a list although it is required, so that a walk does not lose what was erased', () => {
    const { first_name, colour } = listAttributesOf(fields.all);
    expect([first_name?.neverNull, colour?.neverNull]).toEqual([false, true]);
  });

  it('may be the external reference', () => {
    expect([...personal.columns]).toEqual(['first_name', 'external_reference']);
  });

  it('leaves the names that events need for it to nobody else', () => {
    class Confused {
      @Name({ personal: true }) name?: string | null;
      @Text() fields?: string | null;
    }
    expect(() => personalFields('Confused', resourceFields({ name: 'confused', fields: Confused }).all)).toThrow(
      'Confused.fields has a name',
    );
  });

  it('leaves the names that events need to no other field of children', () => {
    class Lock {
      @Text() fields?: string | null;
    }
    class Keys {
      @Children(Lock, { name: 'key_lock' }) key_locks_attributes?: object[] | null;
    }
    expect(() => resourceFields({ name: 'key', fields: Keys })).toThrow('a key_lock has no place for fields');
  });

  it('stands in no event, of children neither', () => {
    class Keys {
      @Children(BadgeFields(), { name: 'key_badge' }) key_badges_attributes?: object[] | null;
    }
    const keys = personalFields('Key', resourceFields({ name: 'key', fields: Keys }).all);
    const added = [{ id: 1, firstName: 'Ada', colour: 'red' }];
    const event = { type: 'KeyChanged', data: { keyBadges: { added } } };
    expect(() => withoutPersonal(keys, event, undefined)).toThrow('KeyChanged speaks of personal values that are kept nowhere');
    const spoken = [{ id: 1, colour: 'red', fields: ['firstName'] }];
    expect(withoutPersonal(keys, event, 'v').data).toEqual({ keyBadges: { added: spoken }, storedAs: 'v' });
  });

  it('is refused where a decider of its own would store it', () => {
    const decided = {
      name: 'badge',
      plural: 'badges',
      description: 'What opens doors.',
      scope: 'entity' as const,
      fields,
      stream: { category: 'badge', initialState: {} as ResourceState, evolve: (state: ResourceState) => state },
      rowOf: (): Row => ({}),
      view: visitors.view,
      projection: 'badges',
    };
    expect(() => defineResource(decided)).toThrow('Badge.first_name is personal');
    class Keys {
      @Children(BadgeFields(), { name: 'key_badge' }) key_badges_attributes?: object[] | null;
    }
    const keys = resourceFields({ name: 'key', fields: Keys });
    expect(() => defineResource({ ...decided, name: 'key', fields: keys })).toThrow('Key.key_badges.first_name is personal');
  });
});

function BadgeFields(): new () => object {
  class Badge {
    @Name({ personal: true, required: true }) first_name!: string;
    @Text({ required: true }) colour?: string | null;
    @ExternalReference({ personal: true }) external_reference?: string | null;
  }
  return Badge;
}
