import { randomUUID } from 'node:crypto';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

/** More than go into one append. */
const many = 300;
/** As many as a busy machine answers in time. */
const fewAtOnce = 10;
const longNote = 'x'.repeat(1_000);

describe('hundreds of restocks of one part at once, each with a long note', () => {
  let app: Client;
  beforeAll(async () => void (app = await sharedServer()));

  it('are done, or refused and not done; most are done, with nobody who repeats them', async () => {
    const { id } = (await app.post('/parts', { part: { name: 'Told once', on_hand_qty: 0, unit_cost: 1 } }).expect(201)).data;
    const notes = Array.from({ length: many }, (_, number) => `${number} ${longNote}`);
    const answers = await Promise.all(notes.map((note) => app.patch(`/parts/${id}/restock`, { quantity: 1, cost: 1, note })));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.filter(({ status, error }) => status !== 503 || error.code !== 'UNAVAILABLE')).toEqual([]);
    const done = notes.filter((_, number) => answers[number]?.status === 200);
    expect(done.length).toBeGreaterThan(many / 2);
    const { data: transactions } = await app.get(`/parts/${id}/transactions?per_page=1000`).expect(200);
    expect(transactions.map(({ note }: { note: string }) => note).sort()).toEqual(done.sort());
    expect((await app.get(`/parts/${id}`).expect(200)).data.on_hand_qty).toBe(done.length);
  });

  it('are done once each; what a busy machine refuses is done when it is repeated', async () => {
    const { id } = (await app.post('/parts', { part: { name: 'Long notes', on_hand_qty: 0, unit_cost: 1 } }).expect(201)).data;
    const acknowledged = new Map<string, string | null>();
    const restock = async (key: string): Promise<void> => {
      const answer: Answer = await app.patch(`/parts/${id}/restock`, { quantity: 1, cost: 1, note: longNote }, { 'idempotency-key': key });
      if (answer.status === 200) acknowledged.set(key, answer.headers.get('x-position'));
      else expect([answer.status, answer.error.code]).toEqual([503, 'UNAVAILABLE']);
    };
    const keys = Array.from({ length: many }, () => randomUUID());
    await Promise.all(keys.map(restock));
    for (let open = keys; (open = open.filter((key) => !acknowledged.has(key))).length > 0;)
      await Promise.all(open.slice(0, fewAtOnce).map(restock));
    expect((await app.get(`/parts/${id}`).expect(200)).data.on_hand_qty).toBe(many);
    expect(new Set(acknowledged.values()).size).toBe(many);
    const { meta } = await app.get(`/parts/${id}/transactions?per_page=1`).expect(200);
    expect(meta.pagination.total).toBe(many);
  });
});
