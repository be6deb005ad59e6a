import { operation, reads } from '#millwright/resources';
import { ChangeDowntime, StartDowntime, WithdrawDowntime } from './downtime.commands.js';
import { downtime } from './downtime.shown.js';
import { DowntimeReader } from './downtime-reader.js';
import { DowntimeWriter } from './downtime-writer.js';

const refusalsWhere = (archived: string): string =>
  `NOT_FOUND, CONFLICT (${archived}), ASSET_OFFLINE (another one has not ended), VALIDATION_FAILED (also overlaps, not_after_start), PRECONDITION_FAILED`;

const answers = { printed: downtime.type, output: () => downtime.type, by: DowntimeReader } as const;

/** What can be done with an asset beside what can be done with every record. */
export const assetOperations = [
  operation({
    name: 'startDowntime',
    scopes: ['assets:write'],
    command: StartDowntime,
    route: 'POST :id/downtimes',
    fromPath: { asset_id: 'id' },
    root: 'downtime',
    summary: 'Record that an asset is down',
    description:
      'It is offline until `ended_at` is given; with one it was down for that time. One at a time, and none overlaps another. If-Match is about the asset.',
    refusals: refusalsWhere('the asset is archived'),
    by: DowntimeWriter,
    carryOut: (downtimes, command) => downtimes.start(command),
    answers: { ...answers, status: 201 },
  }),
  operation({
    name: 'changeDowntime',
    scopes: ['assets:write'],
    command: ChangeDowntime,
    route: 'PATCH :id/downtimes/:downtime_id',
    fromPath: { asset_id: 'id', downtime_id: 'downtime_id' },
    root: 'downtime',
    summary: 'End a downtime, or put it right',
    description:
      'Only the fields that are sent change; one that has ended may be changed, too. An archived asset can be down no longer, and not again.',
    refusals: refusalsWhere('the asset is archived and would be down'),
    by: DowntimeWriter,
    carryOut: (downtimes, command) => downtimes.change(command),
    answers,
  }),
  operation({
    name: 'withdrawDowntime',
    scopes: ['assets:write'],
    command: WithdrawDowntime,
    route: 'DELETE :id/downtimes/:downtime_id',
    fromPath: { asset_id: 'id', downtime_id: 'downtime_id' },
    summary: 'Take a downtime back that was recorded wrongly',
    description: 'It counts nowhere any more; the audit trail keeps what was recorded. Also of an archived asset.',
    refusals: 'NOT_FOUND, PRECONDITION_FAILED',
    by: DowntimeWriter,
    carryOut: (downtimes, command) => downtimes.withdraw(command),
    answers,
  }),
];

export const downtimeReads = {
  list: reads({
    name: 'listDowntimes',
    scopes: ['assets:read'],
    summary: 'List the downtimes of an asset',
    description: 'A page of those that the filters find; the latest first.',
  }),
  one: reads({
    name: 'getDowntime',
    scopes: ['assets:read'],
    summary: 'Show a downtime of an asset',
    description: "Its tag is that of all the asset's downtimes, on which each of them is decided.",
  }),
  reliability: reads({
    name: 'getAssetReliability',
    scopes: ['assets:read'],
    summary: 'Say how reliably an asset ran in a period',
    description:
      '`from` and `to` are instants (`to` excluded) or days of the site (both included); what lies ahead is cut off. Of a downtime that crosses a border counts what lies inside. Planned ones lower availability and are no failures.',
  }),
};
