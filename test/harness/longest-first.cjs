const { default: Sequencer } = require('@jest/test-sequencer');

/** The test files that take longest, longest first. Each has processes of its own to start, to kill and to wait for, which the size of a file does not show. */
const longest = [
  'tools/proofs.e2e',
  'tools/import.e2e',
  'tools/backup.e2e',
  'scale-out.e2e',
  'refused-starts.e2e',
  'lifecycle.e2e',
  'log-copy.e2e',
  'openapi.e2e',
  'eventstoredb/crashes.e2e',
  'sign-in-crashes.e2e',
  'eventstoredb/foreign-events.e2e',
  'limits.e2e',
  'api-calls.e2e',
  'earlier-events.e2e',
  'sign-in.e2e',
  'graphql-traversal.e2e',
  'notices.e2e',
  'permission-matrix.e2e',
  'own-database.e2e',
  'credentials.e2e',
  'upgrade.e2e',
  'own-writes.e2e',
  'deadlines.e2e',
  'broken-dependency.e2e',
].map((name) => `/test/${name}.spec.ts`);

/**
 * On a clean clone Jest knows no durations and goes by the size of a file, so that a small file of long tests comes last and one worker stands idle
 * beside it. These begin; a failure of the run before still comes first, as Jest has it.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = longest.findIndex((name) => path.replaceAll('\\', '/').endsWith(name));
      return found === -1 ? longest.length : found;
    };
    const knowsDurations = tests.some((test) => this.time(test) !== undefined);
    const sorted = super.sort(tests);
    return knowsDurations ? sorted : sorted.sort((one, other) => place(one) - place(other));
  }
};
