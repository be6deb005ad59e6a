import { decideOrderEffect, type OrderEffect } from '../domain/order-effects.js';
import { archivePart, registerPart } from '../domain/part-registration.js';
import { reconcilePart, restockPart, setAverageCost, setUnitCost } from '../domain/part-stock.js';
import type { PartDetails, PartEvent } from '../domain/part.events.js';
import { part } from '../domain/part.js';
import type { Part } from '../domain/part.state.js';

// What specs' pasts are made of: decisions that have their command, so that every history in a spec could have happened.

/** What the specs' part is, where they do not say otherwise. */
export const plainDetails: PartDetails = {
  name: 'Air Filter',
  description: null,
  number: null,
  area: null,
  leadTime: null,
  minQty: null,
  desiredQty: null,
  isNonStock: false,
  partTypeId: null,
  storeroomId: 1,
  measurementUnitId: 1,
  assetsIds: [],
  qrCode: null,
  externalReference: null,
};

type PartStep = (state: Part) => readonly PartEvent[];

export const registered = (
  details: Partial<PartDetails> = {},
  { currency = 'USD', unitCost = null as string | null, quantity = '0' } = {},
): PartStep => {
  const openingStock = { quantity, transactionId: 1 };
  return (state) => registerPart(state, { partId: 72, currency, details: { ...plainDetails, ...details }, unitCost, openingStock });
};

export const restocked =
  (quantity: string, cost: string, transactionId = 2): PartStep =>
  (state) =>
    restockPart(state, { transactionId, quantity, cost });

export const reconciled =
  (quantity: string): PartStep =>
  (state) =>
    reconcilePart(state, { transactionId: 3, quantity, note: 'counted' });

export const averageSet =
  (cost: string): PartStep =>
  (state) =>
    setAverageCost(state, { transactionId: 4, cost });

export const unitCostSet =
  (cost: string): PartStep =>
  (state) =>
    setUnitCost(state, { transactionId: 5, cost });

export const archived: PartStep = (state) => archivePart(state, { completionRunning: false });

/** Carries out what an order's event asks of the part. */
export const effect =
  (asked: OrderEffect, transactionId = 9): PartStep =>
  (state) =>
    decideOrderEffect(state, asked, transactionId).events;

export const reserve = (workOrderId: number, orderRevision: number, quantity: string): OrderEffect => ({
  kind: 'reserve',
  workOrderId,
  orderRevision,
  quantity,
});
export const release = (workOrderId: number, orderRevision: number): OrderEffect => ({ kind: 'release', workOrderId, orderRevision });
export const issue = (workOrderId: number, orderRevision: number): OrderEffect => ({
  kind: 'issue',
  workOrderId,
  orderRevision,
  effectiveAt: '2025-07-15T09:30:00.000Z',
});
export const giveBack = (workOrderId: number, orderRevision: number, quantityKept: string): OrderEffect => ({
  kind: 'return',
  workOrderId,
  orderRevision,
  quantityKept,
});
export const returnAndReserve = (workOrderId: number, orderRevision: number): OrderEffect => ({
  kind: 'returnAndReserve',
  workOrderId,
  orderRevision,
});

/** An order that reserved at revision 1 and was issued at revision 2. */
export const used =
  (workOrderId: number, quantity: string, transactionId = 9): PartStep =>
  (state) => {
    const reserved = effect(reserve(workOrderId, 1, quantity))(state);
    return [...reserved, ...effect(issue(workOrderId, 2), transactionId)(reserved.reduce(part.evolve, state))];
  };

/** 15 on hand at an average of 12.7. */
export const stocked = [registered(), restocked('10', '12.5'), restocked('5', '13.1')] as const;
export const nonStock = registered({ isNonStock: true }, { unitCost: '4.35' });
