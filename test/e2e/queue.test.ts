import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAskingBox } from '../support/asking.ts';
import { PASSWORD, type Person } from '../support/box.ts';
import { expectAccessible, openBrowser, photograph, watchPage } from '../support/browser.ts';
import { waitFor } from '../support/wait.ts';

const BUILD_MS = 300_000;
let asking: Awaited<ReturnType<typeof startAskingBox>>;
let browser: Browser;
let mara: Person;
let nils: Person;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
  asking = await startAskingBox({ publicDir: 'dist/public' });
  browser = await openBrowser();
  [mara, nils] = [await asking.box.user('user', 'mara'), await asking.box.user('user', 'nils')];
}, BUILD_MS);
afterAll(async () => {
  await browser?.close();
  await asking?.stop();
});

/** A browser of its own, signed in, with the chat open. */
const signIn = async ({ username }: Person): Promise<{ page: Page; problems: string[] }> => {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  const { problems } = watchPage(page, asking.box.url);
  await page.goto(`${asking.box.url}/login`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Chat' }).first().waitFor();
  await page.goto(`${asking.box.url}/chat`);
  return { page, problems };
};
const ask = async (page: Page, text: string) => {
  await page.getByPlaceholder('Ask your documents').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
};

describe('two browsers in one line', () => {
  test('queue behind each other with true positions, through a reload and a stop, and are seen on the Queue page', async () => {
    let release: (() => void) | undefined;
    asking.runtime.script = async function* ({ messages, signal }) {
      yield `Answer to ${messages.at(-1)!.content}`;
      await new Promise<void>((resolve) => {
        release = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      yield ' It ends.';
    };
    const first = await signIn(asking.owner);
    await ask(first.page, 'What is first?');
    await first.page.getByText('Answer to What is first?').waitFor();
    const second = await signIn(mara);
    await ask(second.page, 'What is second?');
    await second.page.getByText('Next in line').waitFor();
    const third = await signIn(nils);
    await ask(third.page, 'What is third?');
    await third.page.getByText('2nd in line').waitFor();

    // A reload in mid-answer: the text so far is there, and the place in line too.
    await Promise.all([first.page.reload(), third.page.reload()]);
    await first.page.getByText('Answer to What is first?').waitFor();
    await third.page.getByText('2nd in line').waitFor();

    const watching = await signIn(asking.owner);
    await watching.page.goto(`${asking.box.url}/system/queue`);
    await watching.page.getByText('2 questions wait.').waitFor();
    await watching.page.getByRole('button', { name: 'Move up: nils, a question' }).click();
    // Both are told at once, in their own browsers.
    await third.page.getByText('Next in line').waitFor();
    await second.page.getByText('2nd in line').waitFor();
    await watching.page.getByText('placed by hand').first().waitFor();
    await photograph(watching.page, 'queue');
    await expectAccessible(watching.page, 'queue');

    await first.page.getByRole('button', { name: 'Stop' }).click();
    await first.page.getByText('stopped', { exact: false }).first().waitFor();
    await third.page.getByText('Answer to What is third?').waitFor();
    await second.page.getByText('Next in line').waitFor();
    release!();
    await third.page.getByText('It ends.').waitFor();
    await waitFor(() => asking.runtime.calls.length === 3, { what: 'the third question at the model' });
    await second.page.getByText('Answer to What is second?').waitFor();
    release!();
    await second.page.getByText('It ends.').waitFor();
    expect(asking.runtime.calls.map(({ messages }) => messages.at(-1)!.content)).toEqual(['What is first?', 'What is third?', 'What is second?']);
    expect([first, second, third, watching].flatMap(({ problems }) => problems)).toEqual([]);
  });
});
