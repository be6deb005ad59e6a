import { isLeft, restrictionBy } from '#millwright/access';
import { invalid } from '#millwright/fields';
import { currentContext, Rejection, type Detail, type RecordHistory, type Row } from '#millwright/event-sourcing';
import type { ListDefinition } from '#millwright/lists';

/** The answer for a record that is not there, and for one that belongs to somebody else: the two look the same. */
export const noSuchRecord = (): Rejection => new Rejection('NOT_FOUND', 'there is no such record');

/** Whether a stream exists and belongs to the customer of the command and, unless it is the whole customer's, to its site. */
export function existsHere(history: RecordHistory | undefined, scope: 'entity' | 'customer' = 'entity'): boolean {
  if (!history) return false;
  const { customerId, entityId } = currentContext();
  return history.customerId === customerId && (scope === 'customer' || history.entityId === null || history.entityId === entityId);
}

/** @throws Rejection NOT_FOUND */
export function requireHere(history: RecordHistory | undefined, scope?: 'entity' | 'customer'): void {
  if (!existsHere(history, scope)) throw noSuchRecord();
}

/** What is erased is there for readers only. @throws Rejection NOT_FOUND */
export function requireWritable(
  { history, erased }: Readonly<{ history?: RecordHistory; erased?: object }>,
  { scope }: Readonly<{ scope: 'entity' | 'customer' }>,
): void {
  requireHere(history, scope);
  if (erased) throw noSuchRecord();
}

/** Refuses what whoever asks does not see of its kind as if it were not there. `row` is asked only where he does not see all. @throws Rejection NOT_FOUND */
export function requireLeft({ list: { rows } }: Readonly<{ list: Pick<ListDefinition, 'rows'> }>, row: () => Readonly<Row>): void {
  const restriction = restrictionBy(rows);
  if (restriction && !isLeft(row(), restriction)) throw noSuchRecord();
}

/** @throws Rejection VALIDATION_FAILED where something is wrong */
export function refuseIf(problems: readonly Detail[]): void {
  if (problems.length > 0) throw invalid(problems);
}
