/** The import rules of docs/architecture.md. */
const lib = (name, allowed) => ({
  name: `${name}-imports`,
  severity: 'error',
  from: { path: `^libs/${name}/` },
  to: { path: '^libs/', pathNot: `^libs/(${[name, ...allowed].join('|')})/` },
});
const io = 'node_modules/(@nestjs|@aws-sdk|kafkajs|@platformatic|bullmq|ioredis|dns-packet|pino|rxjs|@opentelemetry)/';

module.exports = {
  forbidden: [
    {
      name: 'no-app-to-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'no-lib-to-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'only-specs-import-test',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|conformance)\\.ts$' },
      to: { path: '^test/' },
    },
    lib('domain', []),
    lib('topology', ['domain']),
    lib('decision', ['domain', 'topology']),
    lib('contracts', ['domain', 'topology']),
    lib('audit', ['domain', 'contracts']),
    lib('runtime', ['domain']),
    lib('journal', ['domain', 'topology', 'decision', 'contracts', 'audit', 'runtime']),
    lib('kafka', ['domain', 'topology', 'decision', 'contracts', 'audit', 'runtime']),
    lib('messaging', ['domain', 'topology', 'decision', 'contracts', 'audit', 'runtime', 'kafka']),
    lib('jobs', ['domain', 'topology', 'decision', 'contracts', 'audit', 'runtime', 'journal']),
    lib('kubernetes', ['domain', 'runtime']),
    {
      name: 'pure-libs-do-no-io',
      severity: 'error',
      from: { path: '^libs/(domain|decision|audit|contracts|topology)/', pathNot: '\\.spec\\.ts$' },
      to: { path: io },
    },
    {
      name: 'kafka-clients-only-in-libs-kafka',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/kafka/' },
      to: { path: 'node_modules/(kafkajs|@platformatic/kafka)/' },
    },
    {
      name: 'core-knows-no-platform',
      severity: 'error',
      from: { path: '^libs/(domain|decision)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'timers-only-in-runtime',
      severity: 'error',
      from: { pathNot: '^(libs/runtime/|test/support/virtual-clock\\.ts$)' },
      to: { path: '^(node:)?timers(/promises)?$' },
    },
    {
      name: 'checker-shares-no-code',
      severity: 'error',
      from: { path: '^test/chaos/checker/' },
      to: { path: '^(apps|libs|test)/', pathNot: '^test/chaos/checker/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
