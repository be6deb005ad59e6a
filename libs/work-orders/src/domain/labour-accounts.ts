import { Map as PersistentMap } from 'immutable';
import { toValue } from '#millwright/quantities';
import type { LabourEvent } from './labour.events.js';

/** An entry as the order knows it. */
export type LabourEntry = Readonly<{ event: LabourEvent; reversedById: number | null }>;

/** What an order knows of the work that was done on it. */
export type Labour = Readonly<{
  /** By the entry's id. */
  entries: PersistentMap<number, LabourEntry>;
  /** What it was charged for each person, exactly, in millionths. One account a person, whatever rate, type or category (S71). */
  accounts: PersistentMap<string, bigint>;
}>;

export const noLabour: Labour = { entries: PersistentMap(), accounts: PersistentMap() };

type Person = Pick<LabourEvent['data'], 'technicianId' | 'vendorId'>;

const accountOf = ({ technicianId, vendorId }: Person): string =>
  technicianId === null ? `vendor ${vendorId}` : `technician ${technicianId}`;

/** What the order was charged for a person so far, exactly, in millionths. */
export const balanceOf = ({ accounts }: Labour, person: Person): bigint => accounts.get(accountOf(person)) ?? 0n;

/** Entries and accounts after one more entry; a reversal and what it takes back know of each other. */
export function labourAfter({ entries, accounts }: Labour, event: LabourEvent): Labour {
  const { data } = event;
  const reversed = event.type === 'LabourReversed' ? entries.get(event.data.reversedEntryId) : undefined;
  const known = entries.set(data.laborEntryId, { event, reversedById: null });
  return {
    accounts: accounts.set(accountOf(data), toValue(data.chargeAfter)),
    entries: reversed ? known.set(reversed.event.data.laborEntryId, { ...reversed, reversedById: data.laborEntryId }) : known,
  };
}
