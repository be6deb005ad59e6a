import { Rejection, type Event, type Stream } from '../decider.js';
import { ReactionTrial } from '../testing/index.js';
import { reaction } from './reaction.js';

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
