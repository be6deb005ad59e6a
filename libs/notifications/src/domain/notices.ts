import type { Actor } from '#millwright/event-sourcing';
import type { RequestStatus } from '#millwright/requests';
import type { WorkOrderDetails } from '#millwright/work-orders';

/** What somebody is told of a work order: that it is his to do, that it changed, or came to another end. */
export type OrderOccasion = 'assigned' | 'given' | 'changed' | 'completed' | 'cancelled' | 'reopened';

/** What whoever asked for work is told of it. */
export type RequestOccasion = 'accepted' | 'rejected' | 'completed' | 'cancelled' | 'reopened';

/** What a letter is about: names and texts are looked up when it is written, so that they can vanish until then. */
export type Notice = Readonly<{ about: OrderOccasion; workOrderId: number }> | Readonly<{ about: RequestOccasion; requestId: number }>;

/** Who is told: a person, a vendor, or whoever made a request. */
export type Addressee = `user:${number}` | `vendor:${number}` | `request:${number}`;

/** Who is told what. */
export type Told = Readonly<{ addressee: Addressee; about: OrderOccasion }>;

/** The details that tell vendors of an order say nothing of the order itself. */
const tellingVendors: ReadonlySet<string> = new Set(['notifyVendorsOnCreate', 'notifyVendorsOnUpdate']);

/** An order came to be: those who are to do it are told, but whoever has given it to himself; vendors where it says so. */
export function toldOfOpening(details: WorkOrderDetails, by: Actor): Told[] {
  const vendors = details['notifyVendorsOnCreate'] === 'yes' ? idsIn(details, 'vendorsIds') : [];
  return [...assigned(idsIn(details, 'techniciansIds'), by), ...vendors.map((id) => toVendor(id, 'given'))];
}

/** An order was edited: those who are to do it from now on are told, and its vendors where it says so. */
export function toldOfChange(before: WorkOrderDetails, changes: Readonly<Record<string, unknown>>, by: Actor): Told[] {
  const after: WorkOrderDetails = { ...before, ...changes };
  const isNew = (name: string): ((id: number) => boolean) => {
    const known = new Set(idsIn(before, name));
    return (id) => !known.has(id);
  };
  const technicians = idsIn(after, 'techniciansIds').filter(isNew('techniciansIds'));
  const isOfOrder = Object.keys(changes).some((name) => !tellingVendors.has(name));
  const isNewVendor = isNew('vendorsIds');
  const vendors = isOfOrder ? vendorsToldOfUpdates(after) : [];
  return [...assigned(technicians, by), ...vendors.map((id) => toVendor(id, isNewVendor(id) ? 'given' : 'changed'))];
}

/** An order has another status: its vendors are told where it says so. */
export const toldOfStatus = (details: WorkOrderDetails, about: OrderOccasion): Told[] =>
  vendorsToldOfUpdates(details).map((id) => toVendor(id, about));

/** What a status that somebody has given a request says to whoever made it; undefined: nothing that he is written for. */
export const occasionOfStatus = (status: RequestStatus): RequestOccasion | undefined =>
  status === 'rejected' || status === 'cancelled' ? status : undefined;

/** What becomes of a request whose order came to another end, or was opened again; undefined where it stands as it stood. */
export function occasionOfFollowing(before: RequestStatus, after: RequestStatus): RequestOccasion | undefined {
  if (before === after) return undefined;
  if (after === 'completed' || after === 'cancelled') return after;
  return before === 'completed' || before === 'cancelled' ? 'reopened' : undefined;
}

/** Nobody is written what he has done himself. */
export const isOwnDoing = (userId: number, by: Actor | undefined): boolean => by?.kind === 'user' && by.id === String(userId);

const assigned = (technicians: readonly number[], by: Actor): Told[] =>
  technicians.filter((id) => !isOwnDoing(id, by)).map((id) => ({ addressee: `user:${id}`, about: 'assigned' }));

const toVendor = (id: number, about: OrderOccasion): Told => ({ addressee: `vendor:${id}`, about });

const vendorsToldOfUpdates = (details: WorkOrderDetails): readonly number[] =>
  details['notifyVendorsOnUpdate'] === 'yes' ? idsIn(details, 'vendorsIds') : [];

/** Older orders do not say whose they are. */
export function idsIn(details: WorkOrderDetails, name: string): readonly number[] {
  const ids = details[name];
  return Array.isArray(ids) ? [...new Set(ids.filter((id): id is number => typeof id === 'number'))] : [];
}
