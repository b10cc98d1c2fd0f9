// The browser of the end-to-end tests: the one on PATH, else Debian's package, else Playwright's own download.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const onPath = (names) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));

const quietly = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

/** The path of a Chromium that can be driven, installing one when there is none. Ends the process with a sentence otherwise. */
export const findBrowser = () => {
  const found = process.env.ARASUL_TEST_BROWSER || onPath(NAMES);
  if (found) return found;
  console.log('No Chromium on PATH; installing one for the end-to-end tests');
  const tried = [];
  if (process.getuid?.() === 0 && onPath(['apt-get'])) {
    quietly('apt-get', ['update']);
    const { status, stderr } = quietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
    const installed = onPath(NAMES);
    if (status === 0 && installed) return installed;
    tried.push(`apt-get: ${stderr.trim().split('\n').at(-1)}`);
  }
  const download = quietly(process.execPath, ['node_modules/playwright-core/cli.js', 'install', '--with-deps', 'chromium']);
  const own = quietly(process.execPath, ['-e', "process.stdout.write(require('playwright-core').chromium.executablePath())"]).stdout;
  if (own && existsSync(own)) return own;
  tried.push(`Playwright: ${(download.stderr || download.stdout).trim().split('\n').at(-1)}`);
  console.error(
    `The end-to-end tests need Chromium, and it could not be installed (${tried.join('; ')}). Install it, for example with \`apt-get install chromium\`, or name one in ARASUL_TEST_BROWSER.`,
  );
  process.exit(1);
};
