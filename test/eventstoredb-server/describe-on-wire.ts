/** A server that whoever runs `npm run test:eventstoredb` has named: it cannot be made to misbehave. */
const isNamed = process.env['MILLWRIGHT_TEST_LOG'] === 'eventstoredb' && (process.env['EVENTSTORE_URL'] ?? '') !== '';

/** A suite that makes the wire misbehave, which only the wire-level test server does: skipped, and said to be, where EVENTSTORE_URL names another. */
export function describeOnWire(name: string, suite: () => void): void {
  if (!isNamed) return describe(name, suite);
  console.warn(`NOT RUN: ${name}. It makes the wire misbehave, which the server that EVENTSTORE_URL names does not.`);
  describe.skip(name, suite);
}
