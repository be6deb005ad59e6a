import { ApiError } from '../api-client.js';
import type { Caller } from './caller.js';

const racers = 50;

/** Sends the same fifty times at one moment. */
async function race<T>(send: (number: number) => Promise<T>): Promise<Readonly<{ answers: readonly T[]; refusals: readonly ApiError[] }>> {
  const settled = await Promise.allSettled(Array.from({ length: racers }, (_, number) => send(number)));
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const failure = refusals.find((one) => !(one instanceof ApiError && one.status > 0 && one.status < 500));
  if (failure !== undefined) throw failure as Error;
  return { answers: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])), refusals: refusals as ApiError[] };
}

/** One wins, and all others are told who. */
function oneWinner(what: string, won: readonly number[], refusals: readonly ApiError[], code: string): string[] {
  const others = refusals.filter((refusal) => refusal.code !== code || refusal.firstId !== won[0]);
  return [
    ...(won.length === 1 ? [] : [`${what}: ${won.length} were told that they had won`]),
    ...others
      .slice(0, 1)
      .map((other) => `${what}: ${other.status} ${other.code}, naming ${other.firstId}, and not ${code}, naming ${won[0]}`),
  ];
}

/** Fifty convert one request. @returns what is wrong */
export async function convertOneRequest(caller: Caller): Promise<string[]> {
  const request = await caller.create('/work_order_requests', { work_order_request: { title: 'Leaking' } });
  const { answers, refusals } = await race(() => caller.create(`/work_order_requests/${request}/convert`, {}));
  const { data } = await caller.get<readonly unknown[]>('/work_orders', { work_order_request_id: request });
  return [
    ...oneWinner(`request ${request}`, answers, refusals, 'REQUEST_CONVERTED'),
    ...(data.length === 1 ? [] : [`request ${request} has ${data.length} orders`]),
  ];
}

/** Fifty start the timer of one person, each on one of five orders. @returns what is wrong */
export async function startOneTimer(caller: Caller): Promise<string[]> {
  const technician_id = await caller.create('/users', { user: { name: 'Jo', regular_rate: 20 } });
  const orders = await Promise.all(Array.from({ length: 5 }, () => caller.create('/work_orders', { work_order: { title: 'Work' } })));
  const { answers, refusals } = await race(async (number) => {
    const order = orders[number % orders.length] ?? 0;
    await caller.post(`/work_orders/${order}/timer/start`, { technician_id });
    return order;
  });
  const { data } = await caller.get<readonly unknown[]>('/timers', { technician_id });
  return [
    ...oneWinner(`timer of ${technician_id}`, answers, refusals, 'TIMER_RUNNING'),
    ...(data.length === 1 ? [] : [`person ${technician_id} has ${data.length} timers`]),
  ];
}

type Alarmed = Readonly<{ id: number; alarm_count: number; comments_count: number }>;

/** Fifty alarms of one machine. @returns what is wrong */
export async function raiseOneAlarm(caller: Caller, dedup_key: string): Promise<string[]> {
  const { answers, refusals } = await race(() => caller.post<Alarmed>('/work_orders', { work_order: { title: 'Too hot', dedup_key } }));
  // Another server than the one that is asked may have written last.
  const last = Math.max(...answers.map(({ position = 0 }) => Number(position)));
  const { data } = await caller.get<readonly Alarmed[]>('/work_orders', { dedup_key, min_position: last });
  const [order] = data;
  const named = new Set(answers.map((answer) => answer.data.id)).size;
  return [
    ...refusals.slice(0, 1).map(({ status, code }) => `alarm ${dedup_key}: ${status} ${code}`),
    ...(data.length === 1 && named === 1 ? [] : [`alarm ${dedup_key} has ${data.length} orders, and answers name ${named}`]),
    ...(order?.alarm_count === racers && order.comments_count === racers - 1
      ? []
      : [`alarm ${dedup_key}: counted ${order?.alarm_count} times, with ${order?.comments_count} comments`]),
  ];
}
