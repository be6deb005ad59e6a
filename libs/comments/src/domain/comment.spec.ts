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
    expect(withdrawComment(added, 3)).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
    expect(withdrawComment(withdrawn, 3)).toEqual([]);
  });

  it('begins its own stream with what another event told, when it is withdrawn', () => {
    const told = { ...said, saidAt: '2026-03-02T08:00:00.000Z' };
    expect(withdrawComment(after(), 3, told)).toEqual([
      { type: 'CommentAdded', data: told },
      { type: 'CommentWithdrawn', data: {} },
    ]);
    expect(withdrawComment(added, 3, told)).toEqual([{ type: 'CommentWithdrawn', data: {} }]);
    expect(withdrawComment(withdrawn, 3, told)).toEqual([]);
    expect(() => withdrawComment(after(), 4, told)).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' }));
  });

  it('is withdrawn by nobody else, nor where there is none', () => {
    expect(() => withdrawComment(added, 4)).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' }));
    expect(() => withdrawComment(withdrawn, 4)).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_PERMISSIONS' }));
    expect(() => withdrawComment(after(), 3)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
