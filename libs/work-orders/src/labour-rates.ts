import type { Decimal } from '#millwright/quantities';
import { referenceTarget, type ReferenceServices } from '#millwright/resources';
import type { LabourEvent, RateType } from './domain/labour.events.js';

const columns: Readonly<Record<RateType, string>> = { regular: 'regular_rate', overtime1: 'overtime_rate1', overtime2: 'overtime_rate2' };

/**
 * What an hour of a technician (of exactly that type, S8) or a vendor (of any) costs now, from the log and what is kept of people beside it: a rate that
 * was just set counts. Null where nobody has said one; 0 is a rate.
 */
export async function rateOf(
  services: ReferenceServices,
  { technicianId, vendorId }: Pick<LabourEvent['data'], 'technicianId' | 'vendorId'>,
  rateType: RateType,
): Promise<Decimal | null> {
  const [kind, id, column] = technicianId !== null ? ['user', technicianId, columns[rateType]] : ['vendor', vendorId, 'hourly_rate'];
  const found = id === null ? undefined : await referenceTarget(kind).find(id, services);
  return (found?.[column] as Decimal | null | undefined) ?? null;
}
