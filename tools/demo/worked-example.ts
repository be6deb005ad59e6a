/** One movement of the worked example, in words for the API, and what must stand on the shelf after it. */
export type Movement = Readonly<{
  step:
    | Readonly<{ kind: 'restock'; quantity: string; cost: string; note?: string }>
    | Readonly<{ kind: 'reconcile'; quantity: string; note: string }>
    | Readonly<{ kind: 'set average'; cost: string; note: string }>
    | Readonly<{ kind: 'issue'; quantity: string; workOrder: string; title: string }>
    | Readonly<{ kind: 'return'; quantity: string; workOrder: string; left: string }>;
  onHand: number;
  posting: number;
  average: number;
}>;

/** The example of docs/costing.md: eighteen movements with the awkward numbers in which rounding goes wrong. */
export const workedExample: readonly Movement[] = [
  { step: { kind: 'restock', quantity: '10', cost: '12.50' }, onHand: 10, posting: 125, average: 12.5 },
  { step: { kind: 'restock', quantity: '5', cost: '13.10' }, onHand: 15, posting: 65.5, average: 12.7 },
  { step: { kind: 'issue', quantity: '4', workOrder: 'WO-1', title: 'Replace idler bearings' }, onHand: 11, posting: -50.8, average: 12.7 },
  { step: { kind: 'issue', quantity: '2.5', workOrder: 'WO-2', title: 'Repack drive seal' }, onHand: 8.5, posting: -31.75, average: 12.7 },
  { step: { kind: 'restock', quantity: '3.333', cost: '14.99' }, onHand: 11.833, posting: 49.96, average: 13.345024 },
  { step: { kind: 'return', quantity: '1', workOrder: 'WO-1', left: '3' }, onHand: 12.833, posting: 12.7, average: 13.294761 },
  { step: { kind: 'reconcile', quantity: '-0.75', note: 'Count: 0.75 missing' }, onHand: 12.083, posting: -9.97, average: 13.294761 },
  { step: { kind: 'reconcile', quantity: '2', note: 'Count: 2 found' }, onHand: 14.083, posting: 26.59, average: 13.294761 },
  { step: { kind: 'set average', cost: '13.00', note: 'Year-end revaluation' }, onHand: 14.083, posting: -4.15, average: 13 },
  { step: { kind: 'issue', quantity: '14.083', workOrder: 'WO-3', title: 'Overhaul' }, onHand: 0, posting: -183.08, average: 13 },
  { step: { kind: 'restock', quantity: '3', cost: '0.00', note: 'Warranty' }, onHand: 3, posting: 0, average: 0 },
  { step: { kind: 'restock', quantity: '7', cost: '9.99' }, onHand: 10, posting: 69.93, average: 6.993 },
  { step: { kind: 'issue', quantity: '3', workOrder: 'WO-4', title: 'Wrong diagnosis' }, onHand: 7, posting: -20.98, average: 6.993 },
  { step: { kind: 'issue', quantity: '3', workOrder: 'WO-5', title: 'Right diagnosis' }, onHand: 4, posting: -20.98, average: 6.993 },
  { step: { kind: 'return', quantity: '3', workOrder: 'WO-4', left: '0' }, onHand: 7, posting: 20.98, average: 6.993 },
  { step: { kind: 'issue', quantity: '0.001', workOrder: 'WO-6', title: 'A drop of it' }, onHand: 6.999, posting: -0.01, average: 6.993 },
  { step: { kind: 'reconcile', quantity: '-6.999', note: 'Scrapped' }, onHand: 0, posting: -48.94, average: 6.993 },
  { step: { kind: 'reconcile', quantity: '1', note: 'One found behind the shelf' }, onHand: 1, posting: 6.99, average: 6.993 },
];

/** What every work order cost in the end, in the currency of the site. */
export const chargesOfWorkOrders: ReadonlyMap<string, number> = new Map([
  ['WO-1', 38.1],
  ['WO-2', 31.75],
  ['WO-3', 183.08],
  ['WO-4', 0],
  ['WO-5', 20.98],
  ['WO-6', 0.01],
]);
