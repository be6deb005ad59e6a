import { endsAppend } from './append-borders.js';
import type { EventMetadata } from './event.js';

const at = (stream: string, revision: number, cause: string, append?: EventMetadata['append']) => ({
  stream,
  revision,
  metadata: { $causationId: cause, ...(append && { append }) } as EventMetadata,
});

describe('the end of an append', () => {
  it('is said by events of a command that appended more than one, also where two such commands follow each other', () => {
    expect(endsAppend(at('part-1', 4, 'r', { index: 0, size: 2 }), at('part-1', 5, 'r', { index: 1, size: 2 }))).toBe(false);
    expect(endsAppend(at('part-1', 4, 'r', { index: 0, size: 2 }), undefined)).toBe(false);
    expect(endsAppend(at('part-1', 5, 'r', { index: 1, size: 2 }), at('part-1', 6, 'r', { index: 0, size: 2 }))).toBe(true);
  });

  it('is where a run in one stream with one cause ends, among events that do not say', () => {
    expect(endsAppend(at('part-1', 4, 'r'), at('part-1', 5, 'r'))).toBe(false);
    expect(endsAppend(at('part-1', 4, 'r'), at('part-1', 5, 's'))).toBe(true);
    expect(endsAppend(at('part-1', 4, 'r'), at('part-2', 0, 'r'))).toBe(true);
    expect(endsAppend(at('part-1', 4, 'r'), at('part-1', 9, 'r'))).toBe(true);
    expect(endsAppend(at('part-1', 4, 'r'), at('part-1', 5, 'r', { index: 0, size: 2 }))).toBe(true);
    expect(endsAppend(at('part-1', 4, 'r'), undefined)).toBe(true);
  });

  it('is an event that names its credential and no place: several requests of one GraphQL document have one cause', () => {
    const alone = at('part-1', 4, 'r');
    const credential = { kind: 'api_key', id: 'k' } as const;
    expect(endsAppend({ ...alone, metadata: { ...alone.metadata, credential } }, at('part-1', 5, 'r'))).toBe(true);
  });
});
