import { Injectable } from '@nestjs/common';
import {
  EventStore,
  ProjectionEngine,
  Rejection,
  streamName,
  type IdSequence,
  type Outcome,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { fieldsOf, invalid } from '#millwright/fields';
import { ReferenceChecks, refuseIf, requireHere, type RecordState } from '#millwright/resources';
import { assets } from './assets.js';
import type { DowntimeDetails, DowntimeEvent } from './domain/downtime.events.js';
import { changeDowntime, downtimesOfAsset, startDowntime, withdrawDowntime, type Downtimes } from './domain/downtimes.js';
import { ChangeDowntime, StartDowntime, type WithdrawDowntime, type WrittenDowntime } from './downtime.commands.js';
import { downtimeRow } from './read-models/downtimes.js';

/** Downtimes are numbered across all assets. */
export const downtimeIds = { name: 'downtime', field: 'downtimeId' } as const satisfies IdSequence;

/** How long an answer waits for the read models, in milliseconds. */
const longestWaitMs = 1_000;

type Said = Pick<StartDowntime, 'started_at' | 'ended_at' | 'reason' | 'work_order_id' | 'planned'>;

/** Records when assets were down. */
@Injectable()
export class DowntimeWriter {
  constructor(
    private readonly events: EventStore,
    private readonly references: ReferenceChecks,
    private readonly projections: ProjectionEngine,
  ) {}

  /** @throws Rejection NOT_FOUND, CONFLICT the asset is archived, ASSET_OFFLINE, VALIDATION_FAILED, PRECONDITION_FAILED */
  async start({ asset_id, ...said }: StartDowntime): Promise<WrittenDowntime> {
    const asset = await this.asset(asset_id);
    const problems = await this.references.problems(downtimeIds.name, fieldsOf(StartDowntime), { work_order_id: said.work_order_id });
    const downtimeId = await this.events.nextId(downtimeIds.name);
    const now = new Date().toISOString();
    const details: DowntimeDetails = { startedAt: now, endedAt: null, reason: null, workOrderId: null, planned: false };
    const given = Object.fromEntries(Object.entries(detailsIn(said)).filter(([, value]) => value !== null));
    const decide = (downtimes: Downtimes): DowntimeEvent[] => {
      requireInUse(asset.state);
      refuseIf(problems);
      return startDowntime(downtimes, { downtimeId, details: { ...details, ...given }, now });
    };
    return this.decide(asset_id, asset, decide);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT the asset is archived and would be offline, ASSET_OFFLINE, VALIDATION_FAILED, PRECONDITION_FAILED */
  async change({ asset_id, downtime_id, ...said }: ChangeDowntime): Promise<WrittenDowntime> {
    const asset = await this.asset(asset_id);
    const { state } = await this.events.load(downtimesOfAsset, asset_id);
    const before = { work_order_id: state.get(downtime_id)?.workOrderId };
    const asked = { work_order_id: said.work_order_id };
    const problems = await this.references.problems(downtimeIds.name, fieldsOf(ChangeDowntime), asked, before);
    const now = new Date().toISOString();
    return this.decide(
      asset_id,
      asset,
      (downtimes) => {
        if (said.started_at === null) throw invalid([{ field: 'downtime.started_at', code: 'required', message: 'must not be empty' }]);
        const changes = detailsIn(said);
        const isToBeOpen = (changes.endedAt === undefined ? downtimes.get(downtime_id)?.endedAt : changes.endedAt) === null;
        if (isToBeOpen) requireInUse(asset.state);
        const events = changeDowntime(downtimes, { downtimeId: downtime_id, changes, now });
        refuseIf(problems);
        return events;
      },
      downtime_id,
    );
  }

  /** Also of an asset that is archived. @throws Rejection NOT_FOUND, PRECONDITION_FAILED */
  async withdraw({ asset_id, downtime_id }: WithdrawDowntime): Promise<WrittenDowntime> {
    const asset = await this.asset(asset_id);
    return this.decide(asset_id, asset, (downtimes) => withdrawDowntime(downtimes, { downtimeId: downtime_id }), downtime_id);
  }

  /** @throws Rejection NOT_FOUND */
  private async asset(id: number): Promise<Readonly<{ state: RecordState; revision: number }>> {
    const asset = await this.events.load(assets.stream, id);
    requireHere(asset.state.history, assets.scope);
    return asset;
  }

  /** If-Match is about the downtime that is named, else about the asset. */
  private async decide(
    assetId: number,
    { revision }: Readonly<{ revision: number }>,
    decide: (downtimes: Downtimes) => DowntimeEvent[],
    named?: number,
  ): Promise<WrittenDowntime> {
    const outcome = await this.events.execute(downtimesOfAsset, assetId, decide, { matched: named === undefined ? revision : undefined });
    // What shows the asset or an order next is answered from its own stream, and takes from the read models what this one says.
    if (outcome.events.length > 0) await this.projections.reaches(outcome.position, longestWaitMs);
    return this.written(assetId, outcome, named);
  }

  private async written(
    assetId: number,
    { state, revision, position, events }: Outcome<Downtimes>,
    named?: number,
  ): Promise<WrittenDowntime> {
    const id = named ?? (events as readonly RecordedEvent<DowntimeEvent>[])[0]?.data.downtimeId;
    if (id === undefined) throw new Error(`${streamName(downtimesOfAsset.category, assetId)} was answered without an event`);
    // One that was withdrawn is shown as it was before.
    const found = state.get(id) ?? (await this.events.loadAt(downtimesOfAsset, assetId, revision - 1)).get(id);
    if (!found) throw new Error(`downtime ${id} of asset ${assetId} was answered and is not there`);
    const downtime = downtimeRow(assetId, id, found, revision);
    return { id: assetId, row: downtime, downtime, revision, position };
  }
}

/** What is archived does not go down, but may run again: nobody could end a downtime that was open then. @throws Rejection CONFLICT */
function requireInUse({ archived }: RecordState): void {
  if (archived) throw new Rejection('CONFLICT', 'The asset is archived; bring it back first.');
}

/** What was said, as events say it. Null empties what may be empty. */
function detailsIn({ started_at, ended_at, reason, work_order_id, planned }: Said): Partial<DowntimeDetails> {
  return {
    ...(started_at != null && { startedAt: started_at }),
    ...(ended_at !== undefined && { endedAt: ended_at }),
    ...(reason !== undefined && { reason }),
    ...(work_order_id !== undefined && { workOrderId: work_order_id }),
    ...(planned !== undefined && { planned: planned ?? false }),
  };
}
