import { Injectable } from '@nestjs/common';
import type { Decimal } from '#millwright/quantities';
import { referenceTarget, RelatedRecords } from '#millwright/resources';
import type { RateType } from './domain/labour.events.js';

const columns: Readonly<Record<RateType, string>> = { regular: 'regular_rate', overtime1: 'overtime_rate1', overtime2: 'overtime_rate2' };

/** What an hour of somebody costs now, from the log and what is kept of people beside it: a rate that was just set counts. */
@Injectable()
export class LabourRates {
  constructor(private readonly related: RelatedRecords) {}

  /** Of a technician or a vendor; null where nobody has said one. */
  async of(
    { technicianId, vendorId }: Readonly<{ technicianId: number | null; vendorId: number | null }>,
    rateType: RateType,
  ): Promise<Decimal | null> {
    if (technicianId !== null) return this.ofUser(technicianId, rateType);
    const vendor = vendorId === null ? undefined : await referenceTarget('vendor').find(vendorId, this.related.services);
    return (vendor?.['hourly_rate'] as Decimal | null | undefined) ?? null;
  }

  /** Of exactly that type; null where nobody has said one, or there is no such user. A rate of 0 is a rate. */
  async ofUser(userId: number, rateType: RateType): Promise<Decimal | null> {
    const user = await referenceTarget('user').find(userId, this.related.services);
    return (user?.[columns[rateType]] as Decimal | null | undefined) ?? null;
  }
}
