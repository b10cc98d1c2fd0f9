// Passes every test from a fresh clone, installing what it needs. Arguments go to vitest: npm test -- -t "A5"
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { findBrowser } from './start/browser.mjs';
import { checkNode } from './start/node-version.mjs';
import { install } from './start/install.mjs';
import { withSetUpLock } from './start/set-up-lock.mjs';
import { createTerminal } from './start/terminal.mjs';

checkNode();
const terminal = createTerminal();
await withSetUpLock(terminal, async () => {
  await install(terminal);
  const { build } = await import('./build.mjs');
  await build();
});

const browser = findBrowser();
const given = process.argv.slice(2);
mkdirSync('artefacts', { recursive: true });

let passed = 0;
let failed = 0;
let status = 0;
const step = (title, args, env = {}) => {
  console.log(`\n# ${title}`);
  const { status: code } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (code !== 0) status = code ?? 1;
};
const vitest = (title, name, paths, ...options) => {
  const report = `artefacts/tests-${name}.json`;
  step(
    title,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--passWithNoTests',
      ...options,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...paths,
      ...given,
    ],
    { ARASUL_TEST_BROWSER: browser },
  );
  if (!existsSync(report)) return;
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  passed += counts.numPassedTests;
  failed += counts.numFailedTests;
};

// One test by its title needs no look at the rest of the code.
if (given.length === 0) step('Code: format, types, lint, borders, schema', ['scripts/check.mjs', 'format', 'types', 'lint', 'borders', 'schema', 'dead code']);
// Half of a part's time is waiting for processes to start and to be found dead: two at a time even where there are two cores. What the
// files import is loaded once for each worker, which takes a fifth off.
const parts = [`--maxWorkers=${Math.max(2, availableParallelism() - 1)}`, '--no-isolate'];
vitest('Units', 'units', ['packages', 'services', 'dashboard-frontend', 'scripts'], ...parts);
vitest('Integration, contracts, faults', 'parts', ['test/integration', 'test/contract', 'test/chaos'], ...parts);
vitest('End to end, in a real browser', 'e2e', ['test/e2e'], '--maxWorkers=1');
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = status || (failed > 0 ? 1 : 0);
