import { scenario } from '../../../../test/harness/given.js';
import {
  archived,
  effect,
  giveBack,
  issue,
  reconciled,
  registered,
  release,
  reserve,
  restocked,
  returnAndReserve,
  used,
  nonStock,
  stocked,
} from '../testing/parts.js';
import { decideOrderEffect, movesStock, reservationRefusal, type OrderEffect, type OrderEffectOutcome } from './order-effects.js';
import { part } from './part.js';
import { available, orderEntry, type Part } from './part.state.js';

const given = scenario(part);

const decided = (part: Part, asked: OrderEffect) => decideOrderEffect(part, asked, 9).events;
const outcome =
  (asked: OrderEffect, expected: OrderEffectOutcome) =>
  (part: Part): void =>
    expect(decideOrderEffect(part, asked, 9).outcome).toEqual(expected);

describe('reserving a part for a work order', () => {
  it('promises stock without moving it', () => {
    const reserving = given(...stocked).when(decided, reserve(7, 3, '4'));
    reserving.thenEvents({ type: 'PartReserved', data: { workOrderId: 7, orderRevision: 3, quantityAfter: '4', reservedAfter: '4' } });
    reserving.thenState((part) => expect([part.shelf.quantity, available(part)]).toEqual([15_000n, 11_000n]));
  });

  it('adds up what all orders have reserved', () =>
    given(...stocked, effect(reserve(7, 3, '4')))
      .when(decided, reserve(8, 1, '0.5'))
      .thenEvents({ type: 'PartReserved', data: { workOrderId: 8, orderRevision: 1, quantityAfter: '0.5', reservedAfter: '4.5' } }));

  it('may take the very last one', () =>
    given(...stocked)
      .when(decided, reserve(7, 3, '15'))
      .thenTypes('PartReserved'));

  it('records a refusal, so that no other worker grants it', () => {
    const refusing = given(...stocked, effect(reserve(7, 1, '2'))).when(decided, reserve(7, 3, '15.001'));
    refusing.thenEvents({
      type: 'PartReservationRefused',
      data: {
        workOrderId: 7,
        orderRevision: 3,
        quantityWanted: '15.001',
        quantityAfter: '2',
        code: 'INSUFFICIENT_STOCK',
        message: '13.001 wanted, 13 available.',
      },
    });
    refusing.thenState((part) => expect([part.reserved, orderEntry(part, 7).reserved]).toEqual([2_000n, 2_000n]));
  });

  it('says no again when the same request comes again, also when there is stock by then', () => {
    const again = given(...stocked, effect(reserve(7, 3, '16')), restocked('10', '1'));
    again.when(decided, reserve(7, 3, '16')).thenNothing();
    again.thenState(
      outcome(reserve(7, 3, '16'), { kind: 'refused', quantity: '0', code: 'INSUFFICIENT_STOCK', message: '16 wanted, 15 available.' }),
    );
  });

  it('grants a later request after a refusal', () =>
    given(...stocked, effect(reserve(7, 3, '16')), effect(reserve(7, 5, '15'))).thenState(
      outcome(reserve(7, 5, '15'), { kind: 'done', quantity: '15' }),
    ));

  it('does nothing when the same effect comes again, or one that is older', () => {
    const reserved = given(...stocked, effect(reserve(7, 3, '4')));
    reserved.when(decided, reserve(7, 3, '4')).thenNothing();
    reserved.when(decided, reserve(7, 2, '9')).thenNothing();
    reserved.thenState(outcome(reserve(7, 3, '4'), { kind: 'done', quantity: '4' }));
    reserved.thenState(outcome(reserve(7, 2, '9'), { kind: 'overtaken' }));
  });

  it('moves the fence also where the quantity stays', () =>
    given(...stocked, effect(reserve(7, 3, '4')))
      .when(decided, reserve(7, 4, '4'))
      .thenEvents({ type: 'PartReserved', data: { workOrderId: 7, orderRevision: 4, quantityAfter: '4', reservedAfter: '4' } }));

  it('lowers a reservation also while less is available than nothing', () =>
    given(...stocked, effect(reserve(7, 3, '15')), reconciled('-10'))
      .when(decided, reserve(7, 4, '14'))
      .thenEvents({
        type: 'PartReservationReleased',
        data: { workOrderId: 7, orderRevision: 4, quantityAfter: '14', reservedAfter: '14' },
      }));

  it('does not ask whether a non-stock part is there', () =>
    given(nonStock)
      .when(decided, reserve(7, 3, '1000'))
      .thenTypes('PartReserved'));

  it('refuses an archived part, but lets its reservation go', () => {
    given(registered(), archived).thenState(
      outcome(reserve(7, 3, '1'), {
        kind: 'refused',
        quantity: '0',
        code: 'CONFLICT',
        message: 'The part is archived; bring it back first.',
      }),
    );
    given(registered(), archived)
      .when(decided, reserve(7, 3, '1'))
      .thenTypes('PartReservationRefused');
    given(registered(), restocked('1', '1'), used(7, '1'), archived, effect(returnAndReserve(7, 6)))
      .when(decided, reserve(7, 7, '0'))
      .thenTypes('PartReservationReleased');
  });

  it('refuses a part that does not exist without making a stream for it', () => {
    given()
      .when(decided, reserve(7, 3, '1'))
      .thenNothing();
    given().thenState(
      outcome(reserve(7, 3, '1'), { kind: 'refused', quantity: '0', code: 'NOT_FOUND', message: 'There is no such part.' }),
    );
    given()
      .when(decided, reserve(7, 3, '0'))
      .thenNothing();
  });

  it('can be asked beforehand', () => {
    given(...stocked).thenState((part) => {
      expect(reservationRefusal(part, 7, '15')).toBeUndefined();
      expect(reservationRefusal(part, 7, '15.001')).toEqual({ code: 'INSUFFICIENT_STOCK', message: '15.001 wanted, 15 available.' });
    });
  });
});

describe('releasing a reservation', () => {
  it('gives all of it back', () =>
    given(...stocked, effect(reserve(7, 3, '4')), effect(reserve(8, 1, '1')))
      .when(decided, release(7, 5))
      .thenEvents({ type: 'PartReservationReleased', data: { workOrderId: 7, orderRevision: 5, quantityAfter: '0', reservedAfter: '1' } }));

  it('has nothing to do where nothing is reserved, and does nothing twice', () => {
    given(...stocked)
      .when(decided, release(7, 5))
      .thenNothing();
    given(...stocked, effect(reserve(7, 3, '4')), effect(release(7, 5)))
      .when(decided, release(7, 5))
      .thenNothing();
    given(...stocked, effect(reserve(7, 6, '4')))
      .when(decided, release(7, 5))
      .thenNothing();
  });
});

it('needs a transaction id only for what moves stock', () => {
  const all = [reserve(7, 1, '1'), release(7, 1), issue(7, 1), giveBack(7, 1, '0'), returnAndReserve(7, 1)];
  expect(all.filter(movesStock).map(({ kind }) => kind)).toEqual(['issue', 'return', 'returnAndReserve']);
});
