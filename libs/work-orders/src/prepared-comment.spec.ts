import { Logger } from '@nestjs/common';
import { Rejection, type Outcome } from '#millwright/event-sourcing';
import { alarm, type Alarm } from './domain/alarm.js';
import { PreparedComment } from './prepared-comment.js';

const { jest } = import.meta;

const opened: Outcome<Alarm> = { state: alarm.initialState, revision: 0, position: 7n, events: [] };

/** What is said, kept by a database that takes nothing back, and what is logged of that. */
async function prepared() {
  const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const stayed: string[] = [];
  const comment = new PreparedComment(
    'It is down again',
    {
      keep: async ({ id, recordId }) => ({ id, recordId, digest: '' }),
      stay: async ({ id }) => void stayed.push(id),
      takeBack: () => Promise.reject(new Error('connection lost')),
    },
    { nextId: async () => 3 },
  );
  const { text } = await comment.kept();
  return { comment, textId: text.id, logged, stayed };
}

describe('what a repeat says, where it cannot be taken back', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('does not make a failure of what was appended without it', async () => {
    const { comment, textId, logged } = await prepared();
    await expect(comment.keptIfNamedBy(async () => ({ outcome: opened }))).resolves.toEqual({ outcome: opened });
    expect(logged.mock.calls).toEqual([[expect.stringContaining(textId)]]);
  });

  it('does not stand in for why nothing was appended', async () => {
    const { comment, textId, logged } = await prepared();
    const refusal = new Rejection('CONFLICT', 'This key is in use.');
    await expect(comment.keptIfNamedBy(() => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(logged.mock.calls).toEqual([[expect.stringContaining(textId)]]);
  });
});

describe('what a repeat says', () => {
  it('stays where an event names it, or may have come to', async () => {
    const named = await prepared();
    const event = { type: 'AlarmRepeated', data: { textId: named.textId } };
    await named.comment.keptIfNamedBy(async () => ({ outcome: { ...opened, events: [event] as never } }));
    expect(named.stayed).toEqual([named.textId]);
    const unknown = await prepared();
    const late = new Rejection('UNAVAILABLE', 'The request could not be completed in time. Please try again.');
    await expect(unknown.comment.keptIfNamedBy(() => unknown.comment.namedBy(() => Promise.reject(late)) as never)).rejects.toBe(late);
    expect(unknown.stayed).toEqual([unknown.textId]);
  });
});
