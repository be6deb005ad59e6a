import type { KeyedRequest } from './keyed-request.js';

/** What keys had that they may not have. */
export class KeyExceptions {
  readonly effects: string[] = [];
  readonly unequal: string[] = [];
  readonly twiceFirst: string[] = [];
  readonly unexpected: string[] = [];
  readonly unanswered: string[] = [];

  afterFaults(requests: readonly KeyedRequest[], effects: ReadonlyMap<string, number>): void {
    for (const { key, answers } of requests) {
      const had = effects.get(key) ?? 0;
      if (had > 1 || (had === 0 && answers.length > 0)) this.effects.push(`${key}: ${had} after the faults`);
    }
  }

  atLast(requests: readonly KeyedRequest[], effects: ReadonlyMap<string, number>): void {
    for (const { key, answers, unexpected } of requests) {
      const had = effects.get(key) ?? 0;
      if (had !== 1) this.effects.push(`${key}: ${had} after a last repeat`);
      const [first] = answers;
      if (!first) this.unanswered.push(key);
      const other = answers.find(({ bytes }) => bytes !== first?.bytes);
      if (first && other) this.unequal.push(`${key}: ${first.bytes} and ${other.bytes}`);
      const told = answers.filter(({ replayed }) => !replayed).length;
      if (told > 1) this.twiceFirst.push(`${key}: ${told}`);
      this.unexpected.push(...unexpected);
    }
  }
}
