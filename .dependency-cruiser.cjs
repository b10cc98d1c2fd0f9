/** What may import what. The rules are those of docs/architecture.md; a new arrow is a decision, not an accident. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'contracts-import-zod-alone',
      severity: 'error',
      from: { path: '^packages/contracts/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/contracts/', 'node_modules/zod'] },
    },
    {
      name: 'frontend-imports-contracts-alone',
      severity: 'error',
      from: { path: '^dashboard-frontend/src/' },
      to: { path: '^(packages/(?!contracts/)|services/|test/|scripts/)' },
    },
    {
      name: 'packages-never-import-services',
      severity: 'error',
      from: { path: '^packages/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(services|dashboard-frontend|test|scripts)/' },
    },
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    { name: 'no-tests-in-the-product', severity: 'error', from: { path: '^(packages|services)/', pathNot: '\\.test\\.ts$' }, to: { path: '^test/' } },
    {
      name: 'pg-only-in-db',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: ['^packages/db/', '^services/launcher/postgres/', '\\.test\\.ts$'] },
      to: { path: 'node_modules/(@types/)?pg/' },
    },
    {
      name: 'bullmq-only-in-queue',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: '^packages/queue/' },
      to: { path: 'node_modules/bullmq/' },
    },
    {
      name: 'one-way-to-the-accelerator',
      comment: 'Who wants something of a model stands in line for it: only packages/accelerator makes a runtime port.',
      severity: 'error',
      from: { path: '^(packages|services|scripts)/', pathNot: ['^packages/accelerator/', '\\.test\\.ts$'] },
      to: { path: '^packages/clients/model-runtime/openai-runtime\\.ts$' },
    },
    {
      name: 'express-only-in-the-backend',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: '^services/dashboard-backend/' },
      to: { path: 'node_modules/(@types/)?express/' },
    },
    {
      name: 'services-of-a-feature-know-no-store-and-no-http',
      comment: 'routes -> service -> repository: rules live apart from SQL and from HTTP.',
      severity: 'error',
      from: { path: '\\.service\\.ts$' },
      to: { path: 'node_modules/(kysely|pg|bullmq|express)/' },
    },
    {
      name: 'routes-know-no-sql',
      severity: 'error',
      from: { path: '\\.routes\\.ts$' },
      to: { path: 'node_modules/(kysely|pg|bullmq)/' },
    },
    {
      name: 'features-meet-at-their-index',
      severity: 'error',
      from: { path: '^services/dashboard-backend/features/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^services/dashboard-backend/features/([^/]+)/', pathNot: ['^services/dashboard-backend/features/$1/', '/index\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.cache|artefacts)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
