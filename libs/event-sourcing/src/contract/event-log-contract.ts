import { describeAppends } from './appends.js';
import { describeFaults } from './faults.js';
import { describeForeignEvents } from './foreign-events.js';
import type { LogUnderTest } from './log-under-test.js';
import { describeRunner } from './runner.js';
import { describeSubscriptions } from './subscriptions.js';

/** What every adapter of the event log promises. `makeLog` is called once, before the first test. */
export function describeEventLog(name: string, makeLog: () => Promise<LogUnderTest>): void {
  describe(`${name} as an event log`, () => {
    let made: LogUnderTest | undefined;
    const world = (): LogUnderTest => {
      if (!made) throw new Error('a test ran before its log was made');
      return made;
    };
    beforeAll(async () => {
      made = await makeLog();
    });
    afterAll(() => made?.close());

    describeAppends(world);
    describeSubscriptions(world);
    describeForeignEvents(world);
    describeRunner(world);
    describeFaults(world);
  });
}
