import { Rejection } from '#millwright/event-sourcing';
import {
  Children,
  fieldsOf,
  Flag,
  Integer,
  isInput,
  Money,
  QrCode,
  Reference,
  Text,
  type ChangedChildren,
  type Child,
  type ChildrenFacet,
  type QrCodeAttributes,
} from '#millwright/fields';
import { childListsOf } from './children.js';
import { changeRecord, recordStream, registerRecord, type RecordEvent, type RecordKind, type RecordState } from './plain-decider.js';

class OfferFields {
  @Reference('part', { required: true }) part_id!: number;
  @Money() unit_cost?: string | null;
  @Text() catalogue_number?: string | null;
  @Flag({ initial: false }) is_preferred?: boolean | null;
  @Integer() index?: number | null;
}

function supplierWith(options: Partial<ChildrenFacet> = {}): RecordKind {
  class SupplierFields {
    @Text() name?: string | null;
    @Children(OfferFields, { name: 'supplier_offer', most: 3, ...options }) supplier_offers_attributes?: OfferFields[] | null;
  }
  const children = childListsOf(fieldsOf(SupplierFields).filter(isInput));
  return { root: 'supplier', typeName: 'Supplier', rules: {}, children };
}

const stream = recordStream('Supplier', 'supplier', { children: ['supplier_offers'] });
const fold = (events: readonly RecordEvent[]): RecordState =>
  events.reduce((state, event) => stream.evolve(state, event), stream.initialState);
const offersOf = (...events: RecordEvent[]): unknown => fold(events).values['supplier_offers' as never];

const registered = (...added: Child[]): RecordEvent => ({ type: 'SupplierRegistered', data: { name: 'Bolts', supplierOffers: { added } } });
const changed = (supplierOffers: object): RecordEvent => ({ type: 'SupplierChanged', data: { supplierOffers } });
const offer = (id: number, more: object = {}): Child => ({ id, partId: id + 10, isPreferred: false, ...more });

/** What a request says, where the sequence of offers goes on with 21. */
const drawn = (said: object[] | null | undefined): unknown => said?.map((one, place) => ({ drawnId: 21 + place, ...one })) ?? said;

const given = (...events: RecordEvent[]): Readonly<{ when: (said: object[] | null, kind?: RecordKind) => When }> => ({
  when: (said, kind = supplierWith()) => when(() => changeRecord(kind, fold(events), { supplier_offers: drawn(said) })),
});

const registering = (supplier_offers: object[] | null | undefined, kind = supplierWith()): When =>
  when(() => registerRecord(kind, { name: 'Bolts', supplier_offers: drawn(supplier_offers) }));

type When = Readonly<{ thenEvents(...events: RecordEvent[]): void; thenNothing(): void; thenRefused(...problems: string[]): void }>;

function when(decide: () => RecordEvent[]): When {
  const problems = (): string[] => {
    try {
      return [`was not refused: ${JSON.stringify(decide())}`];
    } catch (error) {
      return error instanceof Rejection ? error.details.map(({ field, code }) => `${field} ${code}`) : [String(error)];
    }
  };
  return {
    thenEvents: (...events) => expect(decide()).toStrictEqual(events),
    thenNothing: () => expect(decide()).toStrictEqual([]),
    thenRefused: (...expected) => expect(problems()).toEqual(expected),
  };
}

describe('a child that was made before a field was added', () => {
  it('has what a new one begins with', () =>
    given(registered({ id: 1, partId: 11 }))
      .when([{ id: 1, is_preferred: false, unit_cost: null }])
      .thenNothing());

  it('is changed where another value is said, and stays as it is beside others', () =>
    given(registered({ id: 1, partId: 11 }, { id: 2, partId: 12 }))
      .when([{ id: 1, is_preferred: true }])
      .thenEvents(changed({ changed: [{ id: 1, isPreferred: true }] })));
});

describe('children of a new record', () => {
  it('have the ids that were drawn for them, and are said with the fields that they were given, and with what a new one has', () =>
    registering([
      { part_id: 31, unit_cost: '2.5' },
      { part_id: 32, is_preferred: true },
    ]).thenEvents(registered(offer(21, { unitCost: '2.5' }), offer(22, { isPreferred: true }))));

  it.each([[[]], [null], [undefined]])('are not spoken of where there are none: %p', (supplier_offers) =>
    registering(supplier_offers).thenEvents({ type: 'SupplierRegistered', data: { name: 'Bolts' } }),
  );

  it('cannot be some that another record has', () =>
    registering([{ part_id: 11 }, { id: 7, unit_cost: '1' }]).thenRefused('supplier.supplier_offers_attributes.1.id not_found'));

  it('cannot be decided about before their ids are drawn', () =>
    expect(() => registerRecord(supplierWith(), { supplier_offers: [{ part_id: 11 }] })).toThrow(
      'no id was drawn for a new supplier_offer',
    ));
});

describe('what is said of children', () => {
  it('changes the fields that really differ of the ones that it names, and leaves the others', () =>
    given(registered(offer(1, { unitCost: '2.5', catalogueNumber: 'A' }), offer(2), offer(3)))
      .when([
        { id: 3, part_id: 13 },
        { id: 1, unit_cost: '2.51', catalogue_number: null, part_id: 11 },
      ])
      .thenEvents(changed({ changed: [{ id: 1, unitCost: '2.51', catalogueNumber: null }] })));

  it('adds, changes and takes away in one', () =>
    given(registered(offer(1), offer(2)))
      .when([{ part_id: 19 }, { id: 2, _destroy: true }, { id: 1, _destroy: false, is_preferred: true }])
      .thenEvents(changed({ added: [{ id: 21, partId: 19, isPreferred: false }], changed: [{ id: 1, isPreferred: true }], removed: [2] })));

  it('gives a new one the same id whatever somebody else has made of them meanwhile', () => {
    const said = [{ part_id: 19 }];
    const added = changed({ added: [{ id: 21, partId: 19, isPreferred: false }] });
    given(registered(offer(1)))
      .when(said)
      .thenEvents(added);
    given(registered(offer(1)), changed({ added: [offer(22)] }), changed({ removed: [1] }))
      .when(said)
      .thenEvents(added);
  });

  it('is refused where an earlier release that still runs has given that id to another one', () =>
    expect(() => changeRecord(supplierWith(), fold([registered(offer(21))]), { supplier_offers: drawn([{ part_id: 19 }]) })).toThrow(
      'Another request took the same id; please try again.',
    ));

  it.each([
    ['an empty list', []],
    ['null', null],
    ['what is so already', [{ id: 1, part_id: 11, unit_cost: null, is_preferred: null }]],
    ['an id and no more', [{ id: 2 }]],
  ])('changes nothing where it is %s', (_, said) =>
    given(registered(offer(1), offer(2)))
      .when(said)
      .thenNothing(),
  );

  it('is refused where it names one that is not there, one that is gone, or one twice', () =>
    given(registered(offer(1), offer(2)), changed({ removed: [2] }))
      .when([{ id: 1 }, { id: 9, unit_cost: '1' }, { id: 2, _destroy: true }, { id: 1, _destroy: true }])
      .thenRefused(
        'supplier.supplier_offers_attributes.1.id not_found',
        'supplier.supplier_offers_attributes.2.id not_found',
        'supplier.supplier_offers_attributes.3.id not_unique',
      ));

  it.each([[{ unit_cost: '1' }], [{ id: null }]])('is refused where it says of a new one less than must be given: %j', (said) =>
    given(registered(offer(1)))
      .when([{ id: 1, unit_cost: '1' }, said])
      .thenRefused('supplier.supplier_offers_attributes.1.part_id required'),
  );

  it('is refused where it takes away without saying which one', () =>
    given(registered(offer(1)))
      .when([{ _destroy: true }])
      .thenRefused('supplier.supplier_offers_attributes.0.id required'));

  it('is refused where they become too many, and not where as many go', () => {
    const three = registered(offer(1), offer(2), offer(3));
    given(three)
      .when([{ part_id: 19 }])
      .thenRefused('supplier.supplier_offers_attributes too_many');
    given(three)
      .when([{ part_id: 19 }, { id: 1, _destroy: true }])
      .thenEvents(changed({ added: [{ id: 21, partId: 19, isPreferred: false }], removed: [1] }));
  });

  it('meets the rules of the record as the children that come of it', () => {
    const seen: unknown[] = [];
    const rules = { change: (_: RecordState, changes: object) => void seen.push(changes) };
    changeRecord({ ...supplierWith(), rules }, fold([registered(offer(1), offer(2))]), { supplier_offers: [{ id: 1, _destroy: true }] });
    expect(seen).toEqual([{ supplier_offers: [{ id: 2, part_id: 12, is_preferred: false }] }]);
  });
});

describe('children in a state', () => {
  it('are those that were added, as they were changed, without those that went, in the order in which they were made', () =>
    expect(
      offersOf(
        registered(offer(1), offer(2, { unitCost: '2.5' })),
        changed({ added: [offer(3)], changed: [{ id: 2, unitCost: null }], removed: [1] }),
        changed({ changed: [{ id: 2, catalogueNumber: 'B' }] }),
      ),
    ).toEqual([
      { id: 2, part_id: 12, is_preferred: false, unit_cost: null, catalogue_number: 'B' },
      { id: 3, part_id: 13, is_preferred: false },
    ]));

  it('stay when something else of the record changes', () =>
    expect(offersOf(registered(offer(1)), { type: 'SupplierChanged', data: { name: 'Nuts' } })).toEqual([
      { id: 1, part_id: 11, is_preferred: false },
    ]));
});

describe('children with a number that orders them', () => {
  const ordered = supplierWith({ orderedBy: 'index' });

  it('get their place where none is said', () =>
    registering([{ part_id: 31 }, { part_id: 32, index: 7 }, { part_id: 33 }], ordered).thenEvents(
      registered(offer(21, { index: 1 }), offer(22, { index: 7 }), offer(23, { index: 3 })),
    ));

  it('stand last where they come later', () =>
    given(registered(offer(1, { index: 4 }), offer(2, { index: 9 })))
      .when([{ part_id: 31 }], ordered)
      .thenEvents(changed({ added: [offer(21, { index: 10 })] })));
});

describe('children that are known by what they refer to', () => {
  const known = supplierWith({ knownBy: 'part_id', most: 10 });
  const two = registered(offer(1), offer(2));

  it('are meant where it is said', () =>
    given(two)
      .when([{ part_id: 11, unit_cost: '1' }, { part_id: 12, _destroy: true }, { part_id: 33 }], known)
      .thenEvents(changed({ added: [offer(23)], changed: [{ id: 1, unitCost: '1' }], removed: [2] })));

  it('need not be told again what was given of them when they were new', () => {
    const byNumber = supplierWith({ knownBy: 'catalogue_number' });
    given(registered(offer(1, { catalogueNumber: 'A' })))
      .when([{ catalogue_number: 'A', unit_cost: '1' }], byNumber)
      .thenEvents(changed({ changed: [{ id: 1, unitCost: '1' }] }));
    given(registered(offer(1, { catalogueNumber: 'A' })))
      .when([{ catalogue_number: 'B', unit_cost: '1' }], byNumber)
      .thenRefused('supplier.supplier_offers_attributes.0.part_id required');
  });

  it('are never two of the same', () => {
    given(two)
      .when([{ part_id: 13 }, { part_id: 13 }], known)
      .thenRefused('supplier.supplier_offers_attributes.1.part_id not_unique');
    given(two)
      .when([{ id: 1, part_id: 12 }], known)
      .thenRefused('supplier.supplier_offers_attributes.0.part_id not_unique');
    given(two)
      .when([{ id: 1 }, { part_id: 11 }], known)
      .thenRefused('supplier.supplier_offers_attributes.1.part_id not_unique');
  });

  it('may exchange what they are known by', () =>
    given(two)
      .when(
        [
          { id: 1, part_id: 12 },
          { id: 2, part_id: 11 },
        ],
        known,
      )
      .thenEvents(
        changed({
          changed: [
            { id: 1, partId: 12 },
            { id: 2, partId: 11 },
          ],
        }),
      ));
});

describe('the fields of children', () => {
  it('are none that only a resource can make something of', () => {
    class Labelled {
      @QrCode() qr_code_attributes?: QrCodeAttributes | null;
    }
    class Owner {
      @Children(Labelled, { name: 'owner_thing' }) owner_things_attributes?: Labelled[] | null;
    }
    expect(() => childListsOf(fieldsOf(Owner).filter(isInput))).toThrow('a owner_thing has no place for qr_code_attributes');
  });
});

describe('a rule about all children', () => {
  /** At most one is preferred: whoever is named last. */
  const onePreferred = ({ after, saidOf, refuse }: ChangedChildren): readonly Child[] => {
    const [named, second] = after.filter((child) => saidOf(child)?.values['is_preferred'] === true);
    if (second) refuse(saidOf(second)?.place ?? 0, 'is_preferred', { code: 'not_unique', message: 'must be true of one only' });
    return named ? after.map((child) => ({ ...child, is_preferred: child === named })) : after;
  };
  const supplier = supplierWith({ rule: onePreferred });

  it('changes those that were not named, too', () =>
    given(registered(offer(1, { isPreferred: true }), offer(2)))
      .when([{ id: 2, is_preferred: true }], supplier)
      .thenEvents(
        changed({
          changed: [
            { id: 1, isPreferred: false },
            { id: 2, isPreferred: true },
          ],
        }),
      ));

  it('refuses at the place of the request', () =>
    given(registered(offer(1), offer(2)))
      .when(
        [
          { id: 2, is_preferred: true },
          { part_id: 13, is_preferred: true },
        ],
        supplier,
      )
      .thenRefused('supplier.supplier_offers_attributes.1.is_preferred not_unique'));
});
