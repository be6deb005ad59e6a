import { scenario } from '../../../../test/harness/given.js';
import { archived, plainDetails, effect, issue, registered, reserve, restocked, reconciled, used } from '../testing/parts.js';
import { archivePart, changePartDetails, registerPart, unarchivePart, type RegisterPart } from './part-registration.js';
import { part } from './part.js';
import { averageUnitCost } from './part.state.js';

const given = scenario(part);

const airFilter: RegisterPart = { partId: 72, currency: 'USD', details: plainDetails, unitCost: null };

describe('registering a part', () => {
  it('starts it without stock and without an average', () => {
    const registering = given().when(registerPart, airFilter);
    registering.thenEvents({
      type: 'PartRegistered',
      data: { partId: 72, currency: 'USD', unitCost: null, details: plainDetails, ownsAssets: true },
    });
    registering.thenState((state) => expect([state.shelf.quantity, averageUnitCost(state)]).toEqual([0n, 0n]));
  });

  it('records what is on the shelf already, at its unit cost, in the same append', () =>
    given()
      .when(registerPart, { ...airFilter, unitCost: '26.15', openingStock: { quantity: '6', transactionId: 1 } })
      .thenEvents(
        { type: 'PartRegistered', data: { partId: 72, currency: 'USD', unitCost: '26.15', details: plainDetails, ownsAssets: true } },
        {
          type: 'PartOpeningStockRecorded',
          data: { transactionId: 1, quantity: '6', value: '156.9', onHandAfter: '6', valueAfter: '156.9', unitCost: '26.15' },
        },
      ));

  it('takes an opening stock of nothing as none', () =>
    given()
      .when(registerPart, { ...airFilter, openingStock: { quantity: '0', transactionId: 1 } })
      .thenTypes('PartRegistered'));

  it('keeps the last average at zero when there was a price and no stock', () =>
    given()
      .when(registerPart, { ...airFilter, unitCost: '26.15' })
      .thenState((state) => expect(averageUnitCost(state)).toBe(0n)));

  it('takes three decimals of a cost in a currency that has them', () =>
    given()
      .when(registerPart, { ...airFilter, currency: 'KWD', unitCost: '1.005' })
      .thenTypes('PartRegistered'));

  it('refuses stock whose cost nobody knows', () =>
    given()
      .when(registerPart, { ...airFilter, openingStock: { quantity: '6', transactionId: 1 } })
      .thenRefused('VALIDATION_FAILED', { 'part.unit_cost': 'required' }));

  it('refuses negative stock', () =>
    given()
      .when(registerPart, { ...airFilter, unitCost: '1', openingStock: { quantity: '-1', transactionId: 1 } })
      .thenRefused('VALIDATION_FAILED', { 'part.on_hand_qty': 'out_of_range' }));

  it('refuses a cost with more decimals than the currency takes', () =>
    given()
      .when(registerPart, { ...airFilter, unitCost: '1.005' })
      .thenRefused('VALIDATION_FAILED', { 'part.unit_cost': 'too_many_decimals' }));

  it('refuses a cost past the limit', () =>
    given()
      .when(registerPart, { ...airFilter, unitCost: '1000000000' })
      .thenRefused('VALIDATION_FAILED', { 'part.unit_cost': 'out_of_range' }));

  it('refuses stock of a non-stock part', () =>
    given()
      .when(registerPart, {
        ...airFilter,
        details: { ...plainDetails, isNonStock: true },
        unitCost: '1',
        openingStock: { quantity: '1', transactionId: 1 },
      })
      .thenRefused('NON_STOCK_PART'));

  it('refuses stock that is worth more than the limit', () =>
    given()
      .when(registerPart, { ...airFilter, unitCost: '999999999.99', openingStock: { quantity: '11', transactionId: 1 } })
      .thenRefused('VALUE_OUT_OF_RANGE', { 'part.on_hand_qty': 'out_of_range' }));

  it('refuses an id that is taken', () => given(registered()).when(registerPart, airFilter).thenRefused('CONFLICT'));
});

describe('changing what a part is', () => {
  it('records only the fields that changed', () => {
    const changing = given(registered({ assetsIds: [12] })).when(changePartDetails, {
      changes: { name: 'Air Filter', area: 'Filters bin', assetsIds: [12], minQty: '2.5' },
    });
    changing.thenEvents({ type: 'PartDetailsChanged', data: { changes: { area: 'Filters bin', minQty: '2.5' } } });
    changing.thenState(({ details }) => expect(details).toMatchObject({ name: 'Air Filter', area: 'Filters bin', minQty: '2.5' }));
  });

  it('appends nothing when nothing changed', () =>
    given(registered())
      .when(changePartDetails, { changes: { name: 'Air Filter', description: null } })
      .thenNothing());

  it('makes an unused part non-stock, also one whose stock is gone', () =>
    given(registered(), restocked('1', '1'), reconciled('-1'))
      .when(changePartDetails, { changes: { isNonStock: true } })
      .thenTypes('PartDetailsChanged'));

  it('refuses to make a part with stock non-stock', () =>
    given(registered(), restocked('1', '1'))
      .when(changePartDetails, { changes: { isNonStock: true } })
      .thenRefused('PART_IN_USE'));

  it('refuses to make a part that an order was charged for non-stock', () =>
    given(registered(), restocked('1', '1'), used(7, '1'))
      .when(changePartDetails, { changes: { isNonStock: true } })
      .thenRefused('PART_IN_USE'));

  it('refuses to make a reserved non-stock part a stock part', () =>
    given(registered({ isNonStock: true }), effect(reserve(7, 1, '1')))
      .when(changePartDetails, { changes: { isNonStock: false } })
      .thenRefused('PART_IN_USE'));

  it('refuses a part that does not exist', () =>
    given()
      .when(changePartDetails, { changes: { name: 'x' } })
      .thenRefused('NOT_FOUND'));

  it('refuses an archived part', () =>
    given(registered(), archived)
      .when(changePartDetails, { changes: { name: 'x' } })
      .thenRefused('CONFLICT'));
});

describe('archiving a part', () => {
  const unused = { completionRunning: false };

  it('puts it away, once', () => {
    const away = given(registered(), archived);
    away.thenState((state) => expect(state.archived).toBe(true));
    away.when(archivePart, unused).thenNothing();
  });

  it('refuses while there is stock', () =>
    given(registered(), restocked('0.001', '1')).when(archivePart, unused).thenRefused('PART_IN_USE'));

  it('refuses while an order has reserved it', () =>
    given(registered({ isNonStock: true }), effect(reserve(7, 1, '1')))
      .when(archivePart, unused)
      .thenRefused('PART_IN_USE'));

  it('refuses while a completion is running that might give it back', () =>
    given(registered(), restocked('1', '1'), effect(reserve(7, 1, '1')), effect(issue(7, 2)))
      .when(archivePart, { completionRunning: true })
      .thenRefused('PART_IN_USE'));

  it('allows it when all its stock was used', () =>
    given(registered(), restocked('1', '1'), used(7, '1')).when(archivePart, unused).thenTypes('PartArchived'));

  it('refuses a part that does not exist', () => given().when(archivePart, unused).thenRefused('NOT_FOUND'));

  it('brings it back, once', () => {
    const back = given(registered(), archived);
    back.when(unarchivePart, undefined).thenTypes('PartUnarchived');
    given(registered()).when(unarchivePart, undefined).thenNothing();
    given().when(unarchivePart, undefined).thenRefused('NOT_FOUND');
  });
});

describe('the history of a part', () => {
  const metadata = {
    recorded_at: '2025-07-17T19:19:20.000Z',
    effective_at: '2025-07-17T19:19:20.000Z',
    schema_version: 1,
    actor: { kind: 'user', id: '1' },
    entity_id: 3,
    customer_id: 84,
    request_id: 'r',
    $correlationId: 'r',
    $causationId: 'r',
  } as const;

  it('knows who registered it and who touched it last, takes no process manager for a person, and when it was last changed', () => {
    const at = (recorded_at: string, actor: { kind: 'user' | 'process_manager'; id: string }) => ({ ...metadata, recorded_at, actor });
    const recorded = [
      { type: 'PartRegistered', data: { partId: 72, currency: 'USD', unitCost: null, details: plainDetails }, metadata },
      { type: 'PartArchived', data: {}, metadata: at('2025-08-01T00:00:00.000Z', { kind: 'user', id: '2' }) },
      {
        type: 'PartReserved',
        data: { workOrderId: 7, orderRevision: 1, quantityAfter: '1', reservedAfter: '1' },
        metadata: at('2025-09-01T00:00:00.000Z', { kind: 'process_manager', id: 'fulfilment' }),
      },
    ] as const;
    expect(recorded.reduce((state, event) => part.evolve(state, event), part.initialState).history).toEqual({
      customerId: 84,
      entityId: 3,
      created: { at: metadata.recorded_at, by: { kind: 'user', id: '1' } },
      updated: { at: '2025-09-01T00:00:00.000Z', by: { kind: 'user', id: '2' } },
    });
  });
});
