import { Rejection, type Event, type Stream } from '../decider.js';
import { ReactionTrial, TrialLog } from '../testing/index.js';
import { reaction, type ReactionWorld } from './reaction.js';

type RequestEvent =
  | Event<'Requested', { title: string }>
  | Event<'Approved', { orderId: number }>
  | Event<'OrderRefused', { code: string }>
  | Event<'Noted', { note: string }>;
const request: Stream<{ title: string }, RequestEvent> = {
  category: 'request',
  initialState: { title: '' },
  evolve: (state, { type, data }) => (type === 'Requested' ? { title: data.title } : state),
};

type OrderEvent = Event<'Opened', { title: string }>;
const order: Stream<{ title: string | null }, OrderEvent> = {
  category: 'order',
  initialState: { title: null },
  evolve: (_, { data }) => ({ title: data.title }),
};

const refused: string[] = [];

const openOrders = reaction<{ title: string }, RequestEvent>({
  name: 'open-orders',
  on: request,
  startsAt: 'head',
  to: {
    async Approved({ data, stream }, then) {
      const { title } = await then.before();
      await then.send('mail', 'planner', { approved: title });
      await then.execute(
        order,
        data.orderId,
        (state): OrderEvent[] => {
          if (state.title !== null) throw new Rejection('CONFLICT', 'there is an order already');
          return [{ type: 'Opened', data: { title } }];
        },
        {
          command: 'open',
          refused: async ({ code }) => {
            refused.push(code);
            await then.execute(
              request,
              Number(stream.slice('request-'.length)),
              (): RequestEvent[] => [{ type: 'OrderRefused', data: { code } }],
              {
                command: 'tell',
                refused: () => undefined,
              },
            );
          },
        },
      );
    },
    async Noted(_, then) {
      const how = { command: 'tell', refused: () => undefined };
      await then.execute(request, 1, () => [], how);
      await then.execute(request, 1, () => [], how);
    },
  },
});

describe('a reaction', () => {
  const trial = (): ReactionTrial => new ReactionTrial(openOrders).given(request, 1, { type: 'Requested', data: { title: 'Leak' } });
  beforeEach(() => void (refused.length = 0));

  it('turns an event into what follows from it, judged by the state before the event', async () => {
    expect(await trial().when(request, 1, { type: 'Approved', data: { orderId: 7 } })).toEqual({
      'order-7': [{ type: 'Opened', data: { title: 'Leak' } }],
    });
  });

  it('does nothing because of other events', async () => {
    expect(await trial().when(request, 1, { type: 'Requested', data: { title: 'Smell' } })).toEqual({});
  });

  it('appends nothing and hears of no refusal when the same event comes again', async () => {
    const approved = trial();
    await approved.when(request, 1, { type: 'Approved', data: { orderId: 7 } });
    expect(await approved.again()).toEqual({});
    expect(refused).toEqual([]);
  });

  it('says what follows from a refusal', async () => {
    const taken = trial().given(order, 7, { type: 'Opened', data: { title: 'Another' } });
    expect(await taken.when(request, 1, { type: 'Approved', data: { orderId: 7 } })).toEqual({
      'request-1': [{ type: 'OrderRefused', data: { code: 'CONFLICT' } }],
    });
    expect(await taken.again()).toEqual({});
  });

  it('cannot give two commands on one stream one name, since their events would have one id', async () => {
    await expect(trial().when(request, 1, { type: 'Noted', data: { note: '' } })).rejects.toThrow('given twice');
  });

  it('puts what it sends into the outbox once, however often the event comes', async () => {
    const approved = trial();
    await approved.when(request, 1, { type: 'Approved', data: { orderId: 7 } });
    await approved.again();
    expect(approved.sent).toMatchObject([{ channel: 'mail', receiver: 'planner', content: { approved: 'Leak' } }]);
    await approved.when(request, 1, { type: 'Approved', data: { orderId: 8 } });
    expect(approved.sent).toHaveLength(2);
  });
});

describe('what is done in the name of whoever caused it', () => {
  /** The days of the orders that it opens, each said to be of one of these instants, and how often the log was asked for the zone of a site. */
  async function opens(...instants: readonly (string | undefined)[]): Promise<unknown> {
    const log = new TrialLog();
    const [events, days]: [ReturnType<TrialLog['events']>, (string | undefined)[]] = [log.events(), []];
    let zonesAsked = 0;
    const opening = reaction<{ title: string }, RequestEvent>({
      name: 'open-orders',
      on: request,
      startsAt: 'head',
      to: {
        async Approved({ data: { orderId } }, then) {
          const open = (): OrderEvent[] => instants.map((effectiveAt) => ({ type: 'Opened', data: { title: 'Leak' }, effectiveAt }));
          await then.execute(order, orderId, open, { command: 'open', inNameOf: 'cause', refused: () => undefined });
        },
      },
    });
    const world = {
      events: {
        ...events,
        async execute(...command: Parameters<typeof events.execute>) {
          const outcome = await events.execute(...command);
          days.push(...outcome.events.map((event) => (event as Event).effectiveAt));
          return outcome;
        },
      },
      timeZoneOf: () => Promise.resolve((zonesAsked += 1) && 'Pacific/Kiritimati'),
    } as unknown as ReactionWorld;
    await opening.react(log.record('request-1', { type: 'Approved', data: { orderId: 7 } }), world);
    return { days, zonesAsked };
  }

  it('is of the day that its own instant is at the site, and nobody asks for the zone of what says none', async () => {
    expect(await opens(undefined, '2020-05-06T12:00:00.000Z')).toEqual({ days: [undefined, '2020-05-07'], zonesAsked: 1 });
    expect(await opens(undefined, '2020-05-06')).toEqual({ days: [undefined, '2020-05-06'], zonesAsked: 0 });
  });
});
