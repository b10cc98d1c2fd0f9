import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyFormat } from '../support/every-format.ts';
import { expectAccessible, openBrowser, photograph, watchPage } from '../support/browser.ts';
import { testModelsDir } from '../support/models.ts';
import { lines, makePdf, prosePage } from '../support/pdf.ts';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';

const OWNER = { username: 'mara', password: 'correct-horse-battery' };
const PAGES = 200;
const FACT_PAGE = 137;
const FACT = 'The warranty of the Kestrel circulation pump is 42 months from the day of delivery.';
const QUESTION = 'How long is the warranty of the Kestrel circulation pump?';
/** A filing of the evaluation data, where it is beside the checkout: real columns, tables and page furniture. */
const REAL_PDF = resolve('../shared/eval/financebench/pdfs/ADOBE_2022_10K.pdf');
const WAIT = { timeout: 90_000 };

/** 200 pages of prose, with one fact on page 137 that stands nowhere else. */
const manual = (): Buffer =>
  makePdf(
    Array.from({ length: PAGES }, (_, index) => {
      const page = prosePage(index + 1, 30);
      return index + 1 === FACT_PAGE ? { texts: [...(page.texts ?? []), ...lines([FACT], { top: 120 })] } : page;
    }),
    { title: 'Maintenance manual' },
  );

describe('the whole walk, as a newcomer in a browser', () => {
  let product: Product;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let watched: { problems: string[] };
  let removeData: () => Promise<void>;
  let files: string;
  let models: string;
  let conversation = '';

  const go = async (path: string): Promise<void> => {
    await page.goto(product.url + path);
    await page.locator('h1').first().waitFor();
  };
  const ask = async (question: string): Promise<void> => {
    await page.getByPlaceholder('Ask your documents').fill(question);
    await page.getByRole('button', { name: 'Send' }).click();
  };
  const answers = () => page.getByRole('article', { name: 'Answer', exact: true });
  const settled = async (count: number): Promise<void> => {
    await waitFor(async () => (await answers().count()) === count && (await page.getByRole('article', { name: 'Answer on its way' }).count()) === 0, {
      what: `answer ${count}`,
      timeoutMs: 180_000,
      everyMs: 200,
    });
  };
  /** The page keeps its connections open, so that "network idle" never comes: wait for skeletons to go instead. */
  const look = async (name: string): Promise<void> => {
    await waitFor(async () => (await page.getByRole('status', { name: 'Loading' }).count()) === 0, { what: `${name} to be loaded` });
    await photograph(page, name);
    await expectAccessible(page, name);
  };

  beforeAll(async () => {
    const data = await makeDataDir();
    removeData = data.remove;
    files = join(data.dataDir, '..', `${data.dataDir.split('/').at(-1)}-files`);
    await mkdir(files);
    models = await testModelsDir();
    await writeFile(join(files, 'maintenance-manual.pdf'), manual());
    if (existsSync(REAL_PDF)) await copyFile(REAL_PDF, join(files, 'adobe-annual-report.pdf'));
    product = await startProduct({ dataDir: data.dataDir, env: { ARASUL_MODELS_DIR: models } });
    browser = await openBrowser();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    page = await context.newPage();
    watched = watchPage(page, product.url);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    await cp(join(product.dataDir, 'logs'), 'artefacts/logs', { recursive: true });
    await removeData();
  });

  test('A4 the code of the terminal makes the owner; the overview moves', async () => {
    expect(product.code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    await page.goto(product.url);
    await page.getByLabel('One-time code').waitFor();
    await look('setup');
    await page.getByLabel('One-time code').fill(product.code!);
    await page.getByLabel('User name').fill(OWNER.username);
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.getByRole('img', { name: /^CPU over time/ }).waitFor(WAIT);
    await look('overview');
  }, 120_000);

  test('a 200-page PDF can be found by its words within seconds, then by meaning', async () => {
    await go('/documents');
    await look('documents-empty');
    await page.locator('input[type=file]').setInputFiles(join(files, 'maintenance-manual.pdf'));
    if (existsSync(REAL_PDF)) await page.locator('input[type=file]').setInputFiles(join(files, 'adobe-annual-report.pdf'));
    const search = page.getByPlaceholder('Search names and the words inside');
    await search.fill('Kestrel warranty');
    await page.getByText(`page ${FACT_PAGE}`).filter({ visible: true }).first().waitFor({ timeout: 150_000 });
    await look('documents-search');
    await search.fill('');
    await page.getByRole('progressbar').first().waitFor(WAIT);
    await look('documents-indexing');
  }, 240_000);

  test('S5 the answer streams, survives a reload in its middle, and its citation opens the right page with the passage marked', async () => {
    await go('/chat');
    await ask(QUESTION);
    await page.getByRole('article', { name: 'Answer on its way' }).waitFor(WAIT);
    await page.reload();
    await settled(1);
    conversation = new URL(page.url()).pathname;
    await look('chat');
    const cited = page.getByRole('button', { name: new RegExp(`^Source \\d+: maintenance-manual\\.pdf, page ${FACT_PAGE}`) }).first();
    await cited.click();
    const source = page.getByRole('complementary', { name: 'Source' });
    const sheet = source.getByRole('group', { name: `Page ${FACT_PAGE}`, exact: true });
    await sheet.locator('[data-mark]').first().waitFor(WAIT);
    // The mark lies over the sentence: the text under it is the cited one.
    await sheet.getByText('Kestrel').first().waitFor(WAIT);
    await look('chat-source');
    await mkdir('docs/images', { recursive: true });
    await page.screenshot({ path: 'artefacts/screenshots/readme-chat.png' });
  }, 300_000);

  test('A10 the model and Postgres are killed in mid-answer: the question is answered all the same', async () => {
    await go(conversation);
    await ask('What did the laboratory do with the old generator?');
    await page.getByRole('article', { name: 'Answer on its way' }).waitFor(WAIT);
    await product.killPart('model-runtime');
    await settled(2);
    await ask('Which chapter describes the Kestrel circulation pump?');
    await page.getByRole('article', { name: 'Answer on its way' }).waitFor(WAIT);
    await product.killPart('postgres');
    await settled(3);
    await look('chat-three');
  }, 400_000);

  test('Stop stops, and says so', async () => {
    await go(conversation);
    await ask('Tell me everything about the warranty of the Kestrel circulation pump and about every turbine, one after the other, at great length.');
    await page.getByRole('button', { name: 'Stop' }).click();
    await settled(4);
    await page.getByText('Stopped').first().waitFor(WAIT);
  }, 120_000);

  test('a file of each format is found by its words and opened where they stand, with the passage marked', async () => {
    const every = await everyFormat();
    await go('/documents');
    for (const { filename, bytes } of every) await writeFile(join(files, filename), bytes);
    await page.locator('input[type=file]').setInputFiles(every.map(({ filename }) => join(files, filename)));
    // A page that is left takes the files with it that were still to be sent.
    await page.getByRole('list', { name: 'Files on their way' }).waitFor(WAIT);
    await waitFor(async () => (await page.locator('[data-state=sending], [data-state=waiting]').count()) === 0, {
      what: 'the files to be sent',
      timeoutMs: 60_000,
    });
    const isMarked = () =>
      page.evaluate(() => {
        const count = (window: Window | null) => (window as (Window & typeof globalThis) | null)?.CSS.highlights?.size ?? 0;
        const inFrame = [...document.querySelectorAll('iframe')].some(({ contentWindow }) => count(contentWindow) > 0);
        return document.querySelector('[data-mark],[data-marked]') !== null || count(window) > 0 || inFrame;
      });
    const wrong: string[] = [];
    for (const { filename, word, page: at, within = filename } of every) {
      await go(`/documents?q=${word}`);
      const hit = page.getByRole('region', { name: 'Words inside the documents' }).getByRole('link', { name: within });
      await hit.first().waitFor(WAIT);
      await hit.first().click();
      await page.waitForURL(`**/documents/*?page=${at}&passage=*`, { timeout: 5_000 }).catch(() => wrong.push(`${filename} opened at ${page.url()}`));
      await waitFor(isMarked, { what: `a mark in ${filename}`, timeoutMs: 10_000 }).catch(() => wrong.push(`${filename} has no mark`));
    }
    expect(wrong).toEqual([]);
  }, 240_000);

  test('every page in light, dark and phone width, with nothing for axe to find', async () => {
    await go('/documents');
    await look('documents');
    await page.getByRole('link', { name: 'maintenance-manual.pdf' }).first().click();
    await page.getByRole('group', { name: 'Page 1', exact: true }).waitFor(WAIT);
    await look('document');
    const inSystem = [
      'queue',
      'health',
      'repairs',
      'drill',
      'models',
      'quality',
      'search-test',
      'fairness',
      'estimates',
      'users',
      'groups',
      'access',
      'updates',
      'backups',
    ];
    for (const name of [
      'documents/fields',
      'chat/recalled',
      'alerts',
      'alerts/rules',
      'alerts/rules/new',
      'alerts/thresholds',
      'alerts/silences',
      'alerts/people',
      'system',
      ...[...inSystem, 'settings', 'activity'].map((each) => `system/${each}`),
      'account',
    ]) {
      await go(`/${name}`);
      await look(name.replaceAll('/', '-'));
    }
    await page.goto(`${product.url}/api/docs`);
    await photograph(page, 'api-docs');
    await expectAccessible(page, 'api-docs');
  }, 240_000);

  test('signed out and in again, in German', async () => {
    await context.clearCookies();
    await page.goto(`${product.url}/chat`);
    await page.getByLabel('User name').waitFor();
    await look('login');
    const german = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'de-DE' });
    const seite = await german.newPage();
    await seite.goto(product.url);
    await seite.getByLabel('Benutzername').fill(OWNER.username);
    await seite.getByLabel('Passwort', { exact: true }).fill(OWNER.password);
    await seite.getByRole('button', { name: 'Anmelden' }).click();
    await seite.getByRole('img', { name: /^CPU/ }).waitFor(WAIT);
    await photograph(seite, 'overview-german');
    await german.close();
  }, 120_000);

  test('nothing was asked of any other machine, and no page threw', () => {
    expect(watched.problems).toEqual([]);
  });

  test('Ctrl-C ends with 0; the next start knows everything and asks for no code', async () => {
    expect(await product.stop()).toBe(0);
    product = await startProduct({ dataDir: product.dataDir, env: { ARASUL_MODELS_DIR: models } });
    expect(product.code).toBeNull();
    const login = await fetch(`${product.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(OWNER),
    });
    const { accessToken } = (await login.json()) as { accessToken: string };
    const found = await fetch(`${product.url}/api/v1/search`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query: 'Kestrel warranty', mode: 'words' }),
    });
    const { items } = (await found.json()) as { items: { page: number }[] };
    expect(items[0]?.page).toBe(FACT_PAGE);
  }, 120_000);
});
