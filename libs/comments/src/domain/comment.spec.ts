import type { Credential } from '#millwright/event-sourcing';
import type { CommentAdded, CommentEvent } from './comment.events.js';
import { addComment, comment, withdrawComment, type Comment } from './comment.js';

const said: CommentAdded['data'] = {
  commentId: 7,
  recordKind: 'work_order',
  recordId: 12,
  authorId: 3,
  public: false,
  textId: '5f0c1c0e-0000-4000-8000-000000000001',
  textSha256: 'ab',
};
const ann = { userId: 3 };
const after = (...events: readonly CommentEvent[]): Comment => events.reduce(comment.evolve, comment.initialState);
const added = after({ type: 'CommentAdded', data: said });
const withdrawn = after({ type: 'CommentAdded', data: said }, { type: 'CommentWithdrawn', data: {} });

describe('a comment', () => {
  it('is added once, however often its cause is carried out', () => {
    expect(addComment(after(), said)).toEqual([{ type: 'CommentAdded', data: said }]);
    expect(addComment(added, said)).toEqual([]);
    expect(addComment(withdrawn, said)).toEqual([]);
  });

  it('does not take the place of another one', () => {
    expect(() => addComment(added, { ...said, textId: '5f0c1c0e-0000-4000-8000-000000000002' })).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
  });

  it('is withdrawn by its author, once', () => {
    expect(withdrawComment(added, ann)).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
    expect(withdrawComment(withdrawn, ann)).toEqual([]);
  });

  it('of no person is withdrawn with the key that said it, and by no other that shares its user', () => {
    const saidWith = (credential: Credential) =>
      comment.evolve(comment.initialState, { type: 'CommentAdded', data: said, metadata: { credential } } as unknown as CommentEvent);
    const refused = expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' });
    const byKey = saidWith({ kind: 'api_key', id: '5' });
    expect(withdrawComment(byKey, { ...ann, keyId: '5' })).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
    for (const keyId of ['6', null]) expect(() => withdrawComment(byKey, { ...ann, keyId })).toThrow(refused);
    const byFirst = saidWith({ kind: 'bootstrap', id: '1' });
    expect(withdrawComment(byFirst, { ...ann, keyId: null })).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
    expect(() => withdrawComment(byFirst, { ...ann, keyId: '1' })).toThrow(refused);
    const told = { data: said, keyId: '5' };
    expect(withdrawComment(after(), { ...ann, keyId: '5' }, told)).toHaveLength(2);
    expect(() => withdrawComment(after(), { ...ann, keyId: '6' }, told)).toThrow(refused);
    // A person is himself, whatever he comes with.
    expect(withdrawComment(byKey, ann)).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
  });

  it('begins its own stream with what another event told, when it is withdrawn', () => {
    const told = { data: { ...said, saidAt: '2026-03-02T08:00:00.000Z' }, keyId: null };
    expect(withdrawComment(after(), ann, told)).toEqual([
      { type: 'CommentAdded', data: told.data },
      { type: 'CommentWithdrawn', data: {} },
    ]);
    expect(withdrawComment(added, ann, told)).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
    expect(withdrawComment(withdrawn, ann, told)).toEqual([]);
    expect(() => withdrawComment(after(), { userId: 4 }, told)).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' }));
  });

  it('is withdrawn by nobody else, nor where there is none', () => {
    expect(() => withdrawComment(added, { userId: 4 })).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' }));
    expect(() => withdrawComment(withdrawn, { userId: 4 })).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' }));
    expect(() => withdrawComment(after(), ann)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
