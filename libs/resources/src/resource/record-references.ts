import { referenceKey, type ReferenceKey, type ReferenceMove } from '../references/index.js';
import type { RecordValues } from './plain-decider.js';
import type { PlainResource } from './resource-definition.js';

/** The external reference among the values; empty text is none. */
export const referenceIn = (values: RecordValues): string | undefined => {
  const reference = values['external_reference'];
  return typeof reference === 'string' && reference !== '' ? reference : undefined;
};

/** What a reference is unique for: the kind of record, and its site unless it belongs to the whole customer. */
export const keyOf = ({ name, root, scope }: PlainResource, reference: string): ReferenceKey => ({
  ...referenceKey(name, reference, scope),
  root,
});

type Change = Readonly<{ before: RecordValues; changes: RecordValues; holds: ReferenceMove['holds'] }>;

/** The way from one reference to another that a change takes; undefined where it takes none. */
export function referenceMove(definition: PlainResource, id: number, { before, changes, holds }: Change): ReferenceMove | undefined {
  if (!('external_reference' in changes)) return undefined;
  const keyIn = (values: RecordValues): ReferenceKey | undefined => {
    const reference = referenceIn(values);
    return reference === undefined ? undefined : keyOf(definition, reference);
  };
  return { id, from: keyIn(before), to: keyIn(changes), holds };
}
