import { refusalNow } from './kept-refusal.js';

const refused = (code: string, facts: object, details: readonly object[] = []) => ({
  status: 409,
  body: { status: 'error', success: false, message: 'On 191.', error: { ...facts, code, message: 'On 191.', details, request_id: 'r' } },
});

const bare = (code: string) => {
  const message = expect.not.stringContaining('191') as string;
  return { status: 409, body: { status: 'error', success: false, message, error: { code, message, details: [], request_id: 'r' } } };
};

describe('a refusal that is told again', () => {
  it('names no record where whoever repeats sees some rows only, and is as it was where it names none', () => {
    expect(refusalNow(refused('TIMER_RUNNING', { id: 191 }), false)).toStrictEqual(bare('TIMER_RUNNING'));
    const invalid = refused('VALIDATION_FAILED', {}, [{ field: 'title', code: 'blank', message: 'must not be blank' }]);
    expect(refusalNow(invalid, false)).toBe(invalid);
  });

  it('is its code alone to whoever has other rights by now', () => {
    const detail = { field: 'work_order.id', code: 'x', message: 'is order 191' };
    expect(refusalNow(refused('COMPLETION_PENDING', { position: '7' }, [detail]), true)).toStrictEqual(bare('COMPLETION_PENDING'));
    const redirect = { status: 304, body: null };
    expect(refusalNow(redirect, true)).toBe(redirect);
  });
});
