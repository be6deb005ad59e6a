/** The walls between the rooms, by folder (docs/architecture.md). A file's name never opens a door. */
const door = '/src/(index|decider|testing/index)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'imports-resolve',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'production-code-needs-production-dependencies',
      comment: 'What runs in production is installed in production.',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: '(\\.spec\\.ts$|/contract/|/testing/)' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'what-is-built-needs-no-test',
      comment: 'The image of docker-compose.yml is built without the folder test/ (tsconfig.build.json leaves out the same files).',
      severity: 'error',
      from: { path: '^(src|libs|tools)/', pathNot: '(\\.spec\\.ts$|/contract/|/testing/)' },
      to: { path: '^test/|/(contract|testing)/' },
    },
    {
      name: 'a-lib-is-entered-by-its-door',
      comment: 'From outside, a lib is its index.ts (and the engine also its decider.ts, and for specs its testing/).',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', door] },
    },
    {
      name: 'a-lib-is-entered-by-its-door-from-outside',
      severity: 'error',
      from: { path: '^(src|test|tools)/' },
      to: { path: '^libs/', pathNot: door },
    },
    {
      name: 'domain-is-pure',
      comment:
        'A domain folder imports domain, the decider types, quantities, persistent collections and time zones (ADR 14): no Nest, no database, no node modules. What another lib gives it is types.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^libs/$1/src/domain/',
          '^libs/event-sourcing/src/decider\\.ts$',
          '^libs/[^/]+/src/index\\.ts$',
          '^node_modules/immutable/',
          '^node_modules/luxon/',
        ],
      },
    },
    {
      name: 'domain-takes-only-types-from-other-libs',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^libs/[^/]+/src/index\\.ts$',
        pathNot: ['^libs/quantities/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'the-engine-imports-no-other-lib',
      severity: 'error',
      from: { path: '^libs/event-sourcing/' },
      to: { path: '^libs/', pathNot: '^libs/event-sourcing/' },
    },
    {
      name: 'quantities-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/quantities/' },
      to: { path: '^(src|libs|test|tools)/', pathNot: '^libs/quantities/' },
    },
    {
      name: 'fields-lists-resources-in-this-order',
      comment: 'A list knows fields, a resource knows both, and never the other way round.',
      severity: 'error',
      from: { path: '^libs/(fields|lists)/' },
      to: { path: '^libs/resources/' },
    },
    {
      name: 'fields-know-no-lists',
      severity: 'error',
      from: { path: '^libs/fields/' },
      to: { path: '^libs/lists/' },
    },
    {
      name: 'libs-never-import-the-application',
      severity: 'error',
      from: { path: '^libs/', pathNot: '(\\.spec\\.ts$|/contract/|/testing/)' },
      to: { path: '^(src|test|tools)/' },
    },
    {
      name: 'the-application-imports-no-tool',
      severity: 'error',
      from: { path: '^(src|tools)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'eventstoredb-in-one-place',
      comment: 'One folder knows the client of EventStoreDB; the wire-level test server borrows its service definitions.',
      severity: 'error',
      from: { pathNot: '^(libs/event-sourcing/src/eventstoredb|test/eventstoredb-server)/' },
      to: { path: '^node_modules/@eventstore/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.boundaries.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
