import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isToComeAgain, type Answer } from './client.js';

export type Ask = (headers: Readonly<Record<string, string>>) => Promise<Answer>;

/** Writes as a patient client does: it asks again with the same key. Nothing else may be said of what was taken. */
export async function insist(ask: Ask): Promise<Answer> {
  const headers = { 'idempotency-key': randomUUID() };
  for (;;) {
    const answer = await ask(headers);
    if (!isToComeAgain(answer.error)) return answer;
    if (answer.error.code === 'COMPLETION_PENDING') expect(answer.headers.get('x-position')).toMatch(/^\d+$/);
    await delay(20);
  }
}
