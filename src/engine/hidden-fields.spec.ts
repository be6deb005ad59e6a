import { readFileSync } from 'node:fs';
import { runInScope, type RequestScope } from '#millwright/access';
import '#millwright/audit-trail';
import { camelCase, fieldsOf, type FieldDefinition } from '#millwright/fields';
import { parts } from '#millwright/inventory';
import type { ListAttribute } from '#millwright/lists';
import { DecimalScalar } from '#millwright/quantities';
import { hiddenPaths, outputFields, scopesInEvent, seenData, type ResourceDefinition } from '#millwright/resources';
import { pmSchedules } from '#millwright/planning';
import { workOrders } from '#millwright/work-orders';
import { records } from './records.js';

const resources: readonly ResourceDefinition[] = [...records, parts, workOrders, pmSchedules];

/** What counts things, and may be seen by whoever sees the resource. Every other decimal is money. */
const quantities = [
  ...['quantity', 'on_hand_qty', 'reserved', 'available', 'min_qty', 'desired_qty'],
  ...['hours', 'period_hours', 'downtime_hours', 'availability', 'mttr_hours', 'mtbf_hours'],
  ...['min', 'max'],
  ...['time_to_complete', 'lead_time_hours', 'compliance'],
];

const isDecimal = ({ input, stored, output, printed }: FieldDefinition): boolean =>
  stored?.type === 'numeric' ||
  output?.type() === DecimalScalar ||
  input?.graphql?.() === DecimalScalar ||
  (printed?.openApi['type'] === 'number' && input?.presence !== 'refused');

/** The right that shows what a field of that name holds. */
function rightOf(name: string): string | undefined {
  // Which rate an hour costs is no rate, nor is how often somebody may ask.
  if (/(^|_)rate(\d|_|$)/.test(name) && name !== 'rate_type' && name !== 'rate_limits') return 'rates:read';
  if (/(^|_)(email|phone|phone_number|job_title)$/.test(name)) return 'people:read';
  return undefined;
}

/** What says how somebody is reached under a name that is harmless elsewhere. */
const ofPeople = [
  'ServedCustomer.address',
  'Vendor.address',
  'PrimaryContact.extension',
  'VendorContact.extension',
  'VendorContact.role',
  'RequestSubmitter.name',
  'User.login_identifier',
];

/** Divided by its hours, what one entry cost is what somebody earns. */
const ofOneEntry = ['LaborEntry.charge', 'LaborEntry.amount'];

/** Tells amounts in words. */
const inWords = 'PartTransaction.explanation';

const rightOfType = (name: string): string | undefined =>
  name === inWords ? 'costs:read' : ofPeople.includes(name) ? 'people:read' : ofOneEntry.includes(name) ? 'rates:read' : undefined;

const wanted = (type: string, field: FieldDefinition): string | undefined =>
  rightOfType(`${type}.${field.name}`) ??
  rightOf(field.name) ??
  (isDecimal(field) && !quantities.includes(field.name) ? 'costs:read' : undefined);

/** Each field under its type and name, with the right that it says and the one that it should. */
const judged = (type: string, fields: readonly FieldDefinition[]): (readonly [field: string, said?: string, wanted?: string])[] =>
  fields.map((field) => [`${type}.${field.name}`, field.seenWith, wanted(type, field)]);

const wrong = (fields: ReturnType<typeof judged>): ReturnType<typeof judged> => fields.filter(([, said, right]) => said !== right);

describe('money, rates, and how somebody is reached', () => {
  const shown = [...outputFields()].flatMap(([type, fields]) => judged(type, fields));

  it('name the right that shows them, in everything that is shown', () => {
    expect(wrong(shown)).toEqual([]);
    const names = shown.filter(([, said]) => said !== undefined).map(([field, said]) => `${field} ${said}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'Asset.purchase_cost costs:read',
        'OtherCost.amount costs:read',
        'Part.average_unit_cost costs:read',
        'PartAssignment.total_cost costs:read',
        'PartTransaction.stock_value costs:read',
        'TotalCosts.labor costs:read',
        'User.overtime_rate2 rates:read',
        'User.phone_number people:read',
        'User.unconfirmed_email people:read',
      ]),
    );
  });

  it('name it in what requests may say of a resource', () => {
    const said = resources.flatMap(({ typeName, fields }) =>
      // What is refused whatever it says tells nothing, and may still ask for the right of the operation that moves it.
      [fields.create, fields.update, fields.change].flatMap((type) =>
        judged(
          typeName,
          fieldsOf(type).filter(({ input }) => input?.presence !== 'refused'),
        ),
      ),
    );
    expect(wrong(said)).toEqual([]);
    expect(said).toContainEqual(['Part.unit_cost', 'costs:read', 'costs:read']);
  });

  it('name it where a list is filtered or sorted by them', () => {
    const attributes = resources.flatMap(({ typeName, fields, list }) =>
      Object.entries(list.attributes).map(([name, { column = name, seenWith }]: readonly [string, ListAttribute]) => {
        const field = fields.all.find(({ stored }) => stored?.name === column);
        return [`${typeName}.${name}`, seenWith, field && wanted(typeName, field)] as const;
      }),
    );
    expect(attributes.filter(([, said, right]) => said !== right)).toEqual([]);
    expect(attributes).toContainEqual(['User.regular_rate', 'rates:read', 'rates:read']);
    expect(attributes).toContainEqual(['Part.stock_value', 'costs:read', 'costs:read']);
    expect(attributes).toContainEqual(['User.email', 'people:read', 'people:read']);
  });

  it('are known in everything that an event says', () => {
    const inEvents = ['onHandAfter', 'quantityAfter', 'quantityWanted', 'reservedAfter'];
    const counted = [...quantities.map((name) => camelCase(name)), ...inEvents];
    const { events } = JSON.parse(readFileSync('docs/events.json', 'utf8')) as { events: Record<string, { data: Schema }> };
    const decimals = Object.entries(events).flatMap(([type, { data }]) =>
      decimalsIn(data).map((name) => [type.replace(/ \d+$/, ''), name] as const),
    );
    const unsaid = decimals.filter(([type, name]) => scopesInEvent(type, name).length > 0 === counted.includes(name));
    expect(unsaid).toEqual([]);
    expect(scopesInEvent('PartRestocked', 'valueAfter')).toEqual(['costs:read']);
    expect(scopesInEvent('LabourLogged', 'charge')).toEqual(['rates:read']);
    expect(scopesInEvent('TimerStarted', 'regularRate')).toEqual(['rates:read']);
  });

  it('are hidden in an event that does not say them as in one that does', () => {
    const { events } = JSON.parse(readFileSync('docs/events.json', 'utf8')) as { events: Record<string, { data: Schema }> };
    const told = Object.entries(events).map(([version, { data }]) => {
      const type = version.replace(/ \d+$/, '');
      const hidden = (isWhole: boolean): string[] => runInScope(ofNobody, () => hiddenPaths(seenData(type, exampleOf(data, isWhole))));
      return { type, whole: hidden(true), least: hidden(false) };
    });
    expect(told.filter(({ whole, least }) => whole.join() !== least.join())).toEqual([]);
    expect(told).toContainEqual(expect.objectContaining({ type: 'PartDetailsChanged', least: ['vendorParts.added.unitCost', 'vendorParts.changed.unitCost'] })); // prettier-ignore
  });

  it('are known in events where how somebody is reached is not kept apart as personal', () => {
    const { events } = JSON.parse(readFileSync('docs/events.json', 'utf8')) as { events: Record<string, { data: Schema }> };
    const reached = resources.flatMap(({ typeName, fields }) =>
      [...fields.all, ...fields.all.flatMap(({ children }) => (children ? fieldsOf(children.type) : []))]
        .filter(({ seenWith, stored, personal }) => seenWith === 'people:read' && stored && !personal)
        .map(({ name }) => [typeName, name] as const),
    );
    const told = reached.map(([typeName, name]) => {
      const telling = Object.entries(events).filter(
        ([type, { data }]) => type.startsWith(typeName) && [name, camelCase(name)].some((spelled) => namesIn(data).includes(spelled)),
      );
      const types = telling.map(([type]) => type.replace(/ \d+$/, ''));
      const unsaid = types.filter(
        (type) => ![name, camelCase(name)].every((spelled) => scopesInEvent(type, spelled).includes('people:read')),
      );
      return { field: `${typeName}.${name}`, isInEvents: types.length > 0, unsaid };
    });
    expect(told.filter(({ isInEvents, unsaid }) => !isInEvents || unsaid.length > 0)).toEqual([]);
    expect(told).toContainEqual({ field: 'Vendor.address', isInEvents: true, unsaid: [] });
    expect(scopesInEvent('LocationRegistered', 'address')).toEqual([]);
  });
});

type Schema = { $ref?: string; anyOf?: Schema[]; properties?: Record<string, Schema>; required?: string[]; items?: Schema };

/** Whoever holds nothing. */
const ofNobody = { held: new Set(), principal: { credential: { kind: 'api_key', id: '1' } } } as unknown as RequestScope;

/** What fits a schema; with all that it may say, or only what it has to, but always with the objects that may stand in it. */
function exampleOf({ anyOf, properties, required = [], items }: Schema, isWhole: boolean): unknown {
  if (anyOf) return exampleOf(anyOf.find((choice) => choice.properties ?? choice.items) ?? {}, isWhole);
  if (items) return [exampleOf(items, isWhole)];
  if (!properties) return 'said';
  const said = Object.entries(properties).filter(
    ([name, inner]) => isWhole || required.includes(name) || typeof exampleOf(inner, isWhole) !== 'string',
  );
  return Object.fromEntries(said.map(([name, inner]) => [name, exampleOf(inner, isWhole)]));
}

/** The names under which a schema has decimals. */
const decimalsIn = ({ anyOf = [], properties = {}, items }: Schema, name = ''): string[] => [
  ...anyOf.flatMap((choice) => (isDecimalSchema(choice) ? [name] : decimalsIn(choice, name))),
  ...Object.entries(properties).flatMap(([inner, schema]) => (isDecimalSchema(schema) ? [inner] : decimalsIn(schema, inner))),
  ...(items ? decimalsIn(items, name) : []),
];

/** All names that a schema has, at whatever depth. */
const namesIn = ({ anyOf = [], properties = {}, items }: Schema): string[] => [
  ...anyOf.flatMap(namesIn),
  ...Object.entries(properties).flatMap(([name, schema]) => [name, ...namesIn(schema)]),
  ...(items ? namesIn(items) : []),
];

const isDecimalSchema = ({ $ref }: Schema): boolean => $ref === '#/$defs/Decimal';
