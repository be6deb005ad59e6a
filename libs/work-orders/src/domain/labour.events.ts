import type { Event } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** Which of a person's rates an hour costs. */
export type RateType = 'regular' | 'overtime1' | 'overtime2';

/**
 * What work of one person (a technician or a vendor) costs an order: exactly one of `hours` (as it was said) and `seconds` (as they were counted) is there,
 * and `rate`, of one hour, is that of the moment of the entry. `charge` is exact to 6 decimals; `chargeAfter` is what the order has been charged for that
 * person in all. `date` is the plain date it belongs to.
 */
type LabourCharge = Readonly<{
  laborEntryId: number;
  technicianId: number | null;
  vendorId: number | null;
  hours: Decimal | null;
  seconds: number | null;
  rateType: RateType;
  rate: Decimal;
  charge: Decimal;
  chargeAfter: Decimal;
  currency: string;
  date: string;
  laborCategoryId: number | null;
}>;

/** Somebody worked on the order. Instants are RFC 3339 in UTC with milliseconds; `timer`: a timer has counted it. */
export type LabourLogged = Event<
  'LabourLogged',
  LabourCharge & Readonly<{ startedAt: string | null; endedAt: string | null; note: string | null; timer: boolean }>
>;

/** An entry was wrong and is taken back: an entry of its own, with its hours and its charge negated. */
export type LabourReversed = Event<'LabourReversed', LabourCharge & Readonly<{ reversedEntryId: number; reason: string }>>;

/** What is said of labour on a work order's stream. */
export type LabourEvent = LabourLogged | LabourReversed;
