import { Map as PersistentMap } from 'immutable';
import {
  changedFields,
  historyAfter,
  Rejection,
  type Detail,
  type DetailCode,
  type RecordHistory,
  type Stream,
} from '#millwright/event-sourcing/decider';
import type { DowntimeDetails, DowntimeEvent } from './downtime.events.js';

export type Downtime = DowntimeDetails & Readonly<{ history: RecordHistory | undefined }>;

/** The downtimes of an asset by their ids. All of them are one stream, so that no two can overlap, whoever records them at the same moment. */
export type Downtimes = PersistentMap<number, Downtime>;

export const downtimesOfAsset: Stream<Downtimes, DowntimeEvent> = {
  category: 'downtime',
  initialState: PersistentMap(),
  evolve(downtimes, event) {
    const { type, data } = event;
    switch (type) {
      case 'DowntimeStarted': {
        const { downtimeId, ...details } = data;
        return downtimes.set(downtimeId, { ...details, history: historyAfter(undefined, event) });
      }
      case 'DowntimeChanged': {
        const before = existing(downtimes, data.downtimeId);
        return downtimes.set(data.downtimeId, { ...before, ...data.changes, history: historyAfter(before.history, event) });
      }
      case 'DowntimeWithdrawn':
        return downtimes.remove(data.downtimeId);
    }
  },
};

/** The id of the downtime that has not ended; an asset is offline exactly while there is one. */
export function openDowntime(downtimes: Downtimes): number | undefined {
  for (const [id, { endedAt }] of downtimes) if (endedAt === null) return id;
  return undefined;
}

/** @throws Rejection NOT_FOUND */
function existing(downtimes: Downtimes, downtimeId: number): Downtime {
  const downtime = downtimes.get(downtimeId);
  if (!downtime) throw new Rejection('NOT_FOUND', 'there is no such record');
  return downtime;
}

type Starting = Readonly<{ downtimeId: number; details: DowntimeDetails; now: string }>;

/**
 * @param now an instant as events have it
 * @throws Rejection ASSET_OFFLINE (with the id of the open one) a second open one; VALIDATION_FAILED ahead of now, an end that is not after the start, or
 *   an overlap with another one
 */
export function startDowntime(downtimes: Downtimes, { downtimeId, details, now }: Starting): DowntimeEvent[] {
  refuseUnlessPossible(downtimes, downtimeId, details, now);
  return [{ type: 'DowntimeStarted', data: { downtimeId, ...details }, effectiveAt: details.startedAt }];
}

type Changing = Readonly<{ downtimeId: number; changes: Partial<DowntimeDetails>; now: string }>;

/** Ends one, or puts right what was recorded, also of an ended one. @throws Rejection NOT_FOUND, and as `startDowntime` */
export function changeDowntime(downtimes: Downtimes, { downtimeId, changes: wanted, now }: Changing): DowntimeEvent[] {
  const { history: _, ...before } = existing(downtimes, downtimeId);
  const changes = changedFields<DowntimeDetails>(before, wanted);
  if (Object.keys(changes).length === 0) return [];
  refuseUnlessPossible(downtimes, downtimeId, { ...before, ...changes }, now);
  // An end happened when it says; any other correction when it is made.
  const effectiveAt = changes.endedAt ?? undefined;
  return [{ type: 'DowntimeChanged', data: { downtimeId, changes }, ...(effectiveAt !== undefined && { effectiveAt }) }];
}

/** @throws Rejection NOT_FOUND */
export function withdrawDowntime(downtimes: Downtimes, { downtimeId }: Readonly<{ downtimeId: number }>): DowntimeEvent[] {
  existing(downtimes, downtimeId);
  return [{ type: 'DowntimeWithdrawn', data: { downtimeId } }];
}

function refuseUnlessPossible(downtimes: Downtimes, downtimeId: number, { startedAt, endedAt }: DowntimeDetails, now: string): void {
  if (startedAt > now) throw invalid('started_at', 'out_of_range', 'must not lie ahead');
  if (endedAt !== null && endedAt > now) throw invalid('ended_at', 'out_of_range', 'must not lie ahead');
  if (endedAt !== null && endedAt <= startedAt) throw invalid('ended_at', 'not_after_start', 'must lie after the start');
  const open = openDowntime(downtimes);
  if (endedAt === null && open !== undefined && open !== downtimeId)
    throw new Rejection('ASSET_OFFLINE', 'The asset is down already; end that downtime first.', [], { id: open });
  for (const [id, other] of downtimes) {
    if (id === downtimeId) continue;
    // Both are half-open: one may begin at the instant at which another ends. Instants in UTC compare as text.
    const overlaps = startedAt < (other.endedAt ?? endless) && other.startedAt < (endedAt ?? endless);
    if (overlaps) throw invalid('started_at', 'overlaps', `must not overlap downtime ${id}, which is from ${other.startedAt} to ${other.endedAt ?? 'now'}`); // prettier-ignore
  }
}

/** After every instant that there is, compared as text. */
const endless = '~';

function invalid(field: keyof typeof fields, code: DetailCode, message: string): Rejection {
  const detail: Detail = { field: fields[field], code, message };
  return new Rejection('VALIDATION_FAILED', `${detail.field} ${message}`, [detail]);
}

const fields = { started_at: 'downtime.started_at', ended_at: 'downtime.ended_at' } as const;
