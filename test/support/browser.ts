import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';

const SCREENSHOTS = 'artefacts/screenshots';
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Chromium of `npm test` (ARASUL_TEST_BROWSER), without calls of its own to the network. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.ARASUL_TEST_BROWSER || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** Fails the test when the page asked for anything outside the box, threw, or logged an error. */
export const watchPage = (page: Page, origin: string): { problems: string[] } => {
  const problems: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) problems.push(`asked for ${url}`);
  });
  page.on('pageerror', (error) => problems.push(`threw ${error.message}`));
  page.on('console', (message) => {
    // The browser itself writes a line for each failed request; those are looked at where they are provoked.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(`logged ${message.text()}`);
  });
  return { problems };
};

/** Takes the page wide in light and dark, and phone-wide; leaves it wide and light. */
export const photograph = async (page: Page, name: string): Promise<void> => {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const [look, scheme, size] of [
    ['phone', 'light', PHONE],
    ['dark', 'dark', WIDE],
    ['light', 'light', WIDE],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(overflow, `${name} (${look}) scrolls sideways`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${look}.png`) });
  }
};

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** axe finds nothing on the page as it stands. */
export const expectAccessible = async (page: Page, name: string): Promise<void> => {
  const folder = dirname(createRequire(import.meta.url).resolve('axe-core/package.json'));
  await page.evaluate(await readFile(join(folder, 'axe.min.js'), 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  });
  expect.soft(found.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0]?.html ?? '?'}`)).toEqual([]);
};
