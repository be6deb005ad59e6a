const transform = { '^.+\\.ts$': '@swc/jest' };
const shared = {
  transform,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#millwright/event-sourcing/decider$': '<rootDir>/libs/event-sourcing/src/decider.ts',
    '^#millwright/event-sourcing/testing$': '<rootDir>/libs/event-sourcing/src/testing/index.ts',
    '^#millwright/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^#src/(.*)$': '<rootDir>/src/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

/** What `npm test` runs a second time with its log on the wire-level event store; `npm run test:eventstoredb` runs everything so that can. */
const onBothLogs = ['writes', '{parts,stock,work-orders,work-order-parts,reports}*'];

/** Specs of the libs run beside their code; end-to-end tests enter the built server through HTTP and GraphQL only. */
export default {
  maxWorkers: 3,
  testTimeout: 240_000,
  testSequencer: '<rootDir>/test/harness/longest-first.cjs',
  globalSetup: '<rootDir>/test/harness/start-database.ts',
  globalTeardown: '<rootDir>/test/harness/stop-database.ts',
  projects: [
    { ...shared, displayName: 'specs', testMatch: ['<rootDir>/{src,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'end-to-end', testMatch: ['<rootDir>/test/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'end-to-end on EventStoreDB',
      setupFiles: ['<rootDir>/test/harness/use-eventstoredb.ts'],
      testMatch: onBothLogs.map((name) => `<rootDir>/test/${name}.e2e.spec.ts`),
    },
  ],
};
