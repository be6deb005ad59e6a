import { userIdOf } from '#millwright/access';
import type { Child } from '#millwright/fields';
import type { RecordHistory } from '#millwright/event-sourcing';

type StoredName<Name, Value> = [unknown[]] extends [NonNullable<Value>]
  ? never
  : Name extends `${infer Instruction}_attributes`
    ? Instruction
    : Name;

/** What is stored of the fields of a resource, by their columns: null where nobody has said anything. What is not available yet is not there. */
export type StoredValues<Fields extends object> = Readonly<{
  [Name in keyof Fields as StoredName<Name, Fields[Name]>]-?: Name extends `${string}_attributes`
    ? NonNullable<Fields[Name]> extends readonly object[]
      ? readonly Child[]
      : string | null
    : Exclude<Fields[Name], undefined>;
}> &
  Readonly<{ external_reference: string | null }>;

/** A resource of a site with a decider of its own, as its table has it. Times are ISO 8601 UTC. */
export type ResourceRow<Fields extends object, Figures extends object> = StoredValues<Fields> &
  Readonly<{ [Name in keyof Figures]: Figures[Name] }> &
  Readonly<{
    id: number;
    customer_id: number;
    entity_id: number;
    archived: boolean;
    created_at: string;
    updated_at: string;
    created_by_id: number;
    updated_by_id: number;
    /** Of its stream: the ETag. */
    revision: number;
  }>;

/** Where a resource belongs, and who touched it when. */
export const bookkeepingOf = ({
  customerId,
  entityId,
  created,
  updated,
}: RecordHistory): Pick<
  ResourceRow<object, object>,
  'customer_id' | 'entity_id' | 'created_at' | 'updated_at' | 'created_by_id' | 'updated_by_id'
> => ({
  customer_id: customerId,
  entity_id: entityId ?? 0,
  created_at: created.at,
  updated_at: updated.at,
  created_by_id: userIdOf(created.by),
  updated_by_id: userIdOf(updated.by),
});
