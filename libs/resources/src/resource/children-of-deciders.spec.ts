import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { printType } from 'graphql';
import {
  changedFields,
  childrenAfter,
  foldOf,
  historyAfter,
  noChildren,
  Rejection,
  runInContext,
  type ChildChanges,
  type ChildrenState,
  type CommandContext,
  type Event,
  type EventStore,
  type RecordHistory,
  type Row,
  type Stream,
} from '#millwright/event-sourcing';
import { recordedAs, rowsAfterEach, TrialLog } from '#millwright/event-sourcing/testing';
import { Children, Integer, Money, Name, Reference, Text, type Related } from '#millwright/fields';
import { viewOf } from '#millwright/lists';
import { scenario } from '../../../../test/harness/given.js';
import { ReferenceChecks } from '../references/index.js';
import { wantedChildren, type WantedChildren } from './children.js';
import { defineResource } from './define-resource.js';
import type { Decided } from './resource-definition.js';
import { resourceFields } from './resource-fields.js';
import { resourceResolver } from './resource-resolver.js';
import { resourceRow } from './resource-row.js';
import { resourceColumns } from './resource-table.js';
import { ResourceWriter } from './resource-writer.js';
import { detailsIn } from './stored-values.js';

class TaskFields {
  @Text({ required: true, description: 'What is to be done.' }) title!: string;
  @Money({ description: 'What it may cost.' }) cost_limit?: string | null;
  @Reference('round', { description: 'The round that follows on it.' }) next_round_id?: number | null;
  @Integer({ description: 'Where it stands.' }) index?: number | null;
}

/** What a request says of a task, with the id of one that is there. */
type SaidTask = Partial<TaskFields> & Readonly<{ id?: number; _destroy?: boolean }>;

class RoundFields {
  @Name({ required: true, description: 'What it is called.' }) name!: string;
  @Children(TaskFields, { name: 'round_task', orderedBy: 'index', most: 3, description: 'What is to be done.' })
  round_tasks_attributes?: SaidTask[] | null;
}

const fields = resourceFields({ name: 'round', fields: RoundFields });

type Details = Readonly<{ externalReference: string | null; name?: string }>;

type Round = Readonly<{ details: Details; roundTasks: ChildrenState; history: RecordHistory | undefined }>;

type RoundEvent =
  | Event<'RoundPlanned', Readonly<{ details: Details; roundTasks?: ChildChanges }>>
  | Event<'RoundReplanned', Readonly<{ changes: Partial<Details>; roundTasks?: ChildChanges }>>;

const stream: Stream<Round, RoundEvent> = {
  category: 'round',
  initialState: { details: { externalReference: null }, roundTasks: noChildren, history: undefined },
  evolve: (state, event) => ({ ...applied(state, event), history: historyAfter(state.history, event) }),
};

function applied(round: Round, { type, data }: RoundEvent): Round {
  const roundTasks = childrenAfter(round.roundTasks, data.roundTasks ?? {});
  switch (type) {
    case 'RoundPlanned':
      return { ...round, details: data.details, roundTasks };
    case 'RoundReplanned':
      return { ...round, details: { ...round.details, ...data.changes }, roundTasks };
  }
}

const plan = (round: Round, { details, children }: Readonly<{ details: Details; children: WantedChildren }>): RoundEvent[] => {
  const roundTasks = children('roundTasks', round.roundTasks);
  return [{ type: 'RoundPlanned', data: { details, ...(roundTasks && { roundTasks }) } }];
};

function replan(round: Round, { changes, children }: Readonly<{ changes: Partial<Details>; children: WantedChildren }>): RoundEvent[] {
  const roundTasks = children('roundTasks', round.roundTasks);
  const changed = changedFields(round.details, changes);
  if (!roundTasks && Object.keys(changed).length === 0) return [];
  if (childrenAfter(round.roundTasks, roundTasks ?? {}).children.length === 0) throw new Rejection('CONFLICT', 'A round has a task.');
  return [{ type: 'RoundReplanned', data: { changes: changed, ...(roundTasks && { roundTasks }) } }];
}

const rowOf = (round: Round, id: number, revision: number): Row =>
  resourceRow<RoundFields, Row>(fields, round, { id, archived: false, revision });

const table = { name: 'rounds', columns: resourceColumns(fields.all, 'entity'), key: ['id'] };
const fold = foldOf(stream, table, (state, event) => rowOf(state, 1, event.revision), {
  remember: ({ roundTasks, history }) => ({ roundTasks, history }),
  recall: (remembered, row) => ({ ...(remembered as Pick<Round, 'roundTasks' | 'history'>), details: detailsIn<Details>(fields, row) }),
});

const rounds = defineResource({
  name: 'round',
  plural: 'rounds',
  description: 'A round through the plant.',
  scope: 'entity',
  fields,
  stream,
  rowOf: (state, revision) => rowOf(state, 1, revision),
  view: viewOf(fold.table),
  projection: 'rounds',
});

const given = scenario(stream);
/** What a request says, where the sequence of tasks goes on with that number. */
const saying = (next: number, ...said: SaidTask[]): WantedChildren =>
  wantedChildren(fields.children, { round_tasks: said.map((task, place) => ({ drawnId: next + place, ...task })) }, 'round');
const details: Details = { externalReference: null, name: 'North' };
const planned =
  (...said: SaidTask[]) =>
  (round: Round): RoundEvent[] =>
    plan(round, { details, children: saying(1, ...said) });
const replanned =
  (...said: SaidTask[]) =>
  (round: Round): RoundEvent[] =>
    replan(round, { changes: {}, children: saying(11, ...said) });

describe('children in a decider of its own', () => {
  it('are said with its other details in one event, each with a number of its own', () =>
    given()
      .whenever(planned({ title: 'Oil', cost_limit: '2.5' }, { title: 'Look', index: 7 }))
      .thenEvents({
        type: 'RoundPlanned',
        data: {
          details,
          roundTasks: {
            added: [
              { id: 1, index: 1, title: 'Oil', costLimit: '2.5' },
              { id: 2, index: 7, title: 'Look' },
            ],
          },
        },
      }));

  it('are added, changed and taken away in one, and those that are not named stay', () =>
    given(planned({ title: 'Oil' }, { title: 'Look' }, { title: 'Listen' }))
      .whenever(replanned({ id: 2, _destroy: true }, { id: 3, title: 'Listen', cost_limit: '1' }, { title: 'Smell' }))
      .thenEvents({
        type: 'RoundReplanned',
        data: {
          changes: {},
          roundTasks: { added: [{ id: 13, index: 4, title: 'Smell' }], changed: [{ id: 3, costLimit: '1' }], removed: [2] },
        },
      }));

  it('are not spoken of where nothing differs', () =>
    given(planned({ title: 'Oil', cost_limit: '1' }))
      .whenever(replanned({ id: 1, title: 'Oil', cost_limit: '1' }))
      .thenNothing());

  it('meet the rules of the decider as what comes of them', () =>
    given(planned({ title: 'Oil' }))
      .whenever(replanned({ id: 1, _destroy: true }))
      .thenRefused('CONFLICT'));

  it('are refused where one is not there, one is named twice, or they become too many', () => {
    const two = given(planned({ title: 'Oil' }, { title: 'Look' }));
    two.whenever(replanned({ id: 1 }, { id: 9 }, { id: 1 })).thenRefused('VALIDATION_FAILED', {
      'round.round_tasks_attributes.1.id': 'not_found',
      'round.round_tasks_attributes.2.id': 'not_unique',
    });
    two
      .whenever(replanned({ title: 'Listen' }, { title: 'Smell' }))
      .thenRefused('VALIDATION_FAILED', { 'round.round_tasks_attributes': 'too_many' });
  });

  it('are asked for by the name that events have for their list', () =>
    expect(() => saying(1)('tasks', noChildren)).toThrow('a round has no children called tasks'));
});

const context = { customerId: 1, entityId: 1 } as CommandContext;
const trial = (): Readonly<{
  create(input: RoundFields): Promise<Decided<Round>>;
  update(input: Partial<RoundFields>): Promise<Decided<Round>>;
}> => {
  let tasks = 10;
  const nextId = (sequence: string): number => (sequence === 'round_task' ? (tasks += 1) : NaN);
  const events = { ...new TrialLog().events(), nextId } as EventStore;
  const writer = new ResourceWriter(events, new ReferenceChecks(events, undefined as never), undefined as never);
  return {
    create: (input) =>
      runInContext(context, () => writer.create(rounds, input, (state, _, given, children) => plan(state, { details: given, children }))),
    update: (input) =>
      runInContext(context, () => writer.update(rounds, 1, input, (state, changes, children) => replan(state, { changes, children }))),
  };
};

describe('children that requests say of a resource with a decider of its own', () => {
  it('come to its decisions apart from its details, and to the row of its answer', async () => {
    const { create, update } = trial();
    const { row } = await create({ name: 'North', round_tasks_attributes: [{ title: 'Oil' }] });
    expect(row).toMatchObject({ name: 'North', round_tasks: [{ id: 11, title: 'Oil', index: 1 }] });
    const changed = await update({ round_tasks_attributes: [{ title: 'Look', cost_limit: '2.5', next_round_id: 1 }] });
    expect(changed.row).toMatchObject({ name: 'North', round_tasks: [{ id: 11 }, { id: 12, cost_limit: '2.5', next_round_id: 1 }] });
    expect(changed.state.details).toEqual({ externalReference: null, name: 'North' });
    expect((await update({ name: 'South' })).row).toMatchObject({ name: 'South', round_tasks: [{ id: 11 }, { id: 12 }] });
  });

  it('are refused where they refer to what is not there', async () => {
    const { create, update } = trial();
    await create({ name: 'North', round_tasks_attributes: [{ title: 'Oil' }] });
    await expect(update({ round_tasks_attributes: [{ title: 'Look' }, { id: 11, next_round_id: 7 }] })).rejects.toMatchObject({
      details: [{ field: 'round.round_tasks_attributes.1.next_round_id', code: 'not_found' }],
    });
  });
});

describe('the read model of a resource whose decider has children', () => {
  const { events } = given(planned({ title: 'Oil', cost_limit: '2.5' }, { title: 'Look', index: 0 })).whenever(replanned({ id: 2, _destroy: true }, { title: 'Smell', index: 0 })); // prettier-ignore
  const all = [...given().whenever(planned({ title: 'Oil', cost_limit: '2.5' }, { title: 'Look', index: 0 })).events, ...events];
  const rows = rowsAfterEach(fold, recordedAs('round-1', all), false);

  it('has them as they are after each event, also after a restart', () => {
    expect(rows.map(({ round_tasks }) => round_tasks)).toEqual([
      [
        { id: 1, index: 1, title: 'Oil', cost_limit: '2.5' },
        { id: 2, index: 0, title: 'Look' },
      ],
      [
        { id: 1, index: 1, title: 'Oil', cost_limit: '2.5' },
        { id: 12, index: 0, title: 'Smell' },
      ],
    ]);
    expect(rowsAfterEach(fold, recordedAs('round-1', all), true)).toEqual(rows);
  });

  it('is printed over REST with them in their order and what they refer to', async () => {
    const related = { label: (_: string, id: unknown) => Promise.resolve(id ?? null) } as unknown as Related;
    const printed: unknown = JSON.parse(JSON.stringify(await rounds.printer.print(rows.at(-1) ?? {}, 'full', related)));
    expect(printed).toMatchObject({
      name: 'North',
      round_tasks: [
        { id: 12, title: 'Smell', cost_limit: null, next_round: null, index: 0 },
        { id: 1, title: 'Oil', cost_limit: 2.5, next_round: null, index: 1 },
      ],
    });
  });
});

it('children of a decider of its own have types of what is said and of what is shown over GraphQL', async () => {
  const nest = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  const schema = await nest
    .get(GraphQLSchemaFactory)
    .create([resourceResolver(rounds, []), ...fields.children.map(({ shown }) => shown.type.resolver)]);
  await nest.close();
  const bare = (name: string): string => {
    const type = schema.getType(name);
    return type ? printType(type).replaceAll(/^ *""".*?"""\n|^\n/gms, '') : '';
  };
  expect(bare('RoundTaskInput')).toContain('  costLimit: Decimal\n  nextRoundId: ID\n  index: Int\n  _destroy: Boolean\n');
  expect(bare('RoundTask')).toContain('  nextRound: Round\n');
  for (const input of ['CreateRoundInput', 'UpdateRoundInput'])
    expect(bare(input)).toContain('  roundTasksAttributes: [RoundTaskInput!]\n');
  expect(bare('Round')).toContain('  roundTasks: [RoundTask!]!\n');
});
