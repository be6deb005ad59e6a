import fastify, { type FastifyInstance } from 'fastify';
import type { RequestScope } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing';
import { StreamedAnswer } from '#millwright/resources';
import { streamed } from './streamed-answer.js';

describe('an answer that is sent as it comes', () => {
  let server: FastifyInstance;
  let isAdmitted: boolean;
  let isWanted: boolean;
  let ended = 0;

  async function* endless(now: () => RequestScope): AsyncGenerator<readonly object[]> {
    for (let id = 1; isWanted; id += 1) {
      yield [{ id, as: now().requestId }];
      await new Promise(setImmediate);
    }
  }

  beforeEach(async () => {
    isAdmitted = isWanted = true;
    server = fastify();
    server.decorateRequest('scope', null);
    server.addHook('onRequest', (request, _reply, done) => {
      request.scope = { requestId: 'first' } as RequestScope;
      done();
    });
    server.decorate('admitAnew', () =>
      isAdmitted
        ? Promise.resolve({ requestId: 'later' } as RequestScope)
        : Promise.reject(new Rejection('UNAUTHENTICATED', 'this credential is over')),
    );
    server.decorate('beginExport', () => Promise.resolve(() => void (ended += 1)));
    server.get('/', (_request, reply) => streamed(new StreamedAnswer(endless), reply));
    await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    isWanted = false;
    await server.close();
  });

  const firstLines = async (): Promise<ReadableStreamDefaultReader<Uint8Array>> => {
    const { body } = await fetch(server.listeningOrigin);
    const reader = body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await reader.read();
    return reader;
  };
  const rest = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> => {
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += Buffer.from(value).toString();
    }
  };

  it('ends with a line that says how many there were', async () => {
    const reader = await firstLines();
    isWanted = false;
    expect(await rest(reader)).toMatch(/\{"end":true,"count":\d+\}\n$/);
  });

  it('breaks off without that line when who asked is let in no more', async () => {
    const reader = await firstLines();
    isAdmitted = false;
    const before = ended;
    await expect(rest(reader)).rejects.toThrow('terminated');
    expect(ended).toBe(before + 1);
  });

  it('goes on as long as whoever asked is let in, however long that is', async () => {
    const reader = await firstLines();
    const until = Date.now() + 1_000;
    let text = '';
    while (Date.now() < until) text = Buffer.from((await reader.read()).value ?? []).toString();
    // What comes late is read as whoever asks is let in late.
    expect(text).toContain('"as":"later"');
    isWanted = false;
    expect(await rest(reader)).toContain('"end":true');
  });
});
