import {
  idOf,
  reaction,
  type Consequences,
  type Event,
  type Reaction,
  type RecordedEvent,
  type Rejection,
} from '#millwright/event-sourcing';
import { camelCase } from '#millwright/fields';
import type { RecordEvent, RecordState } from '../resource/plain-decider.js';
import { idsIn, statementNames } from '../resource/relation-statements.js';
import type { Relation } from './relation.js';

/** So many owners are written at a time. */
const atOnce = 50;

/** Carries what one side says of a relation to the streams that own it, each with the revision of the event that says so as its fence. */
export function relationReaction<State, E extends Event>({ name, side, column, owner, link }: Relation<State, E>): Reaction {
  const names = statementNames(column);
  const carryOver = async (event: RecordedEvent<RecordEvent>, then: Consequences<RecordState>): Promise<void> => {
    const said = (wanted: boolean): (readonly [id: number, wanted: boolean])[] =>
      idsIn(event.data[camelCase(wanted ? names.wanted : names.dropped)]).map((id) => [id, wanted]);
    const all = [...said(true), ...said(false)];
    const id = idOf(event.stream);
    for (let from = 0; from < all.length; from += atOnce)
      await Promise.all(
        all.slice(from, from + atOnce).map(([ownerId, wanted]) =>
          then.execute(owner.stream, ownerId, (state) => link(state, { id, revision: event.revision, wanted }), {
            command: wanted ? 'link' : 'unlink',
            refused: again,
          }),
        ),
      );
  };
  return reaction<RecordState, RecordEvent>({
    name,
    on: side.stream,
    startsAt: 'beginning',
    to: { [`${side.typeName}Registered`]: carryOver, [`${side.typeName}Changed`]: carryOver },
  });
}

/** An owner refuses nothing that was checked before the other side's event: what is archived meanwhile is linked all the same. */
function again(refusal: Rejection): never {
  throw refusal;
}
