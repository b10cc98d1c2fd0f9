import { resolve } from 'node:path';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { expectAccessible, openBrowser, photograph, watchPage } from '../support/browser.ts';
import { PASSWORD, startBox, type Box, type Person } from '../support/box.ts';
import { waitFor } from '../support/wait.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** The alert pages of the built dashboard, on a box with a disk that is nearly full and one incident that was healed. */
describe('what is wrong, what is watched, and who is not told', () => {
  let box: Box;
  let owner: Person;
  let browser: Browser;
  let page: Page;
  let watched: { problems: string[] };
  let over: string;
  let open: string;

  const look = async (name: string): Promise<void> => {
    await waitFor(async () => (await page.getByRole('status', { name: 'Loading' }).count()) === 0, { what: `${name} to be loaded` });
    await photograph(page, name);
    await expectAccessible(page, name);
  };
  const go = async (path: string): Promise<void> => {
    await page.goto(box.url + path);
    await page.locator('h1').first().waitFor();
  };

  beforeAll(async () => {
    box = await startBox({ publicDir: resolve('dist/public') });
    owner = await box.owner();
    const { db } = box.database;
    const now = Date.now();
    for (const day of [now - DAY, now]) {
      const [from, to] = [new Date(day).toISOString().slice(0, 10), new Date(day + DAY).toISOString().slice(0, 10)];
      await sql.raw(`create table if not exists metrics_disk_p${from.replaceAll('-', '')} partition of metrics_disk for values from ('${from}') to ('${to}')`).execute(db); // prettier-ignore
    }
    await sql`insert into metrics_disk ("timestamp", mount, used, free, percent)
      select t, '/data', 1, 1, case when t > now() - interval '40 minutes' or (t > now() - interval '9 hours' and t < now() - interval '8 hours') then 91 else 62 + random() * 4 end
      from generate_series(now() - interval '23 hours', now(), '10 seconds') t`.execute(db);
    const clock = { now: now - 20 * MINUTE };
    const engine = createEngine({ database: box.database, stateFile: null, clock: { now: () => clock.now }, log: silentLogger });
    const live = async (minutes: number, down: boolean): Promise<void> => {
      for (const until = clock.now + minutes * MINUTE; clock.now < until;) {
        clock.now += 5_000;
        await engine.tick(
          new Map([
            ['service.down', [{ device: 'llm-queue', value: down ? 1 : 0 }]],
            ['metric.disk', [{ device: '/data', value: 91 }]],
          ]),
        );
      }
    };
    await live(2, false);
    await live(3, true);
    await db
      .insertInto('service_restarts')
      .values({
        service_name: 'llm-queue',
        reason: 'it hung',
        detected_at: new Date(clock.now - 30_000),
        ready_at: new Date(clock.now),
        duration_ms: 30_000,
        success: true,
      })
      .execute();
    await live(2, false);
    const incidents = await db.selectFrom('incidents').select(['id', 'cause', 'state', 'healed_by']).orderBy('cause').execute();
    expect(incidents).toMatchObject([
      { cause: 'disk:/data', state: 'open' },
      { cause: 'service:llm-queue', state: 'resolved', healed_by: 'service.start' },
    ]);
    [open, over] = incidents.map(({ id }) => id) as [string, string];
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    page = await context.newPage();
    watched = watchPage(page, box.url);
    await page.goto(box.url);
    await page.getByLabel('User name').fill(owner.username);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('h1').first().waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await box.stop();
  });

  test('an incident shows how it looked, what was tried and what healed it', async () => {
    await go(`/incidents/${over}`);
    await page.getByText('healed by a new start').first().waitFor();
    await page.getByRole('table', { name: 'What was tried' }).getByText('Worked').waitFor();
    await page.getByRole('img', { name: /around the moment of the incident/ }).waitFor();
    await look('incident-over');
  });

  test('what lasts is silenced for an hour, taken back, and taken', async () => {
    await go(`/incidents/${open}`);
    await page.getByRole('img', { name: /around the moment of the incident/ }).waitFor();
    await page.getByRole('button', { name: 'Silence' }).click();
    await page.getByRole('menuitem', { name: 'For 1 hour' }).click();
    await page.getByText(/^Silent until/).waitFor();
    expect(await box.rows('alert_silences', { target: 'disk:/data' })).toMatchObject([{ ended_at: null, created_by: owner.username }]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Silent until/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'I take it' }).click();
    await page.getByText(`${owner.username} has it`).first().waitFor();
    await look('incident-lasts');
  });

  test('a new rule is tried before it is saved, and what is wrong with it is said at its field', async () => {
    await go('/alerts/rules');
    await look('alerts-rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('Name', { exact: true }).fill('My disk');
    await page.getByLabel('In English').fill('{device}: {value}');
    await page.getByLabel('Warning is over at').fill('99');
    await page.getByRole('button', { name: 'Save the rule' }).click();
    await page.getByText('An alert that begins at 80 cannot be over at 99').waitFor();
    await page.getByLabel('Warning is over at').fill('70');
    await page.getByRole('combobox', { name: 'Over the last' }).or(page.getByLabel('Over the last')).first().click();
    await page.getByRole('option', { name: '24 hours' }).click();
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await page.getByText('It would have sent 3 messages. 2 incidents.').waitFor();
    await page.getByRole('img', { name: /Disk in use over the time tried/ }).waitFor();
    await look('alerts-rule');
    await page.getByRole('button', { name: 'Save the rule' }).click();
    await page.getByRole('link', { name: 'My disk' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('“My disk” was removed.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'My disk' }).waitFor();
  });

  test('thresholds are a form, a window of maintenance is made and ended', async () => {
    await go('/alerts/thresholds');
    await page.getByLabel('Disk: Warning from').fill('99');
    await page.getByText('A warning must begin before what is critical.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Disk: Warning from').fill('77');
    await page.getByRole('switch', { name: 'Warnings' }).check({ force: true });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await waitFor(async () => (await box.request('GET', '/api/v1/alerts/thresholds', { as: owner })).body.notify_on_warning, {
      what: 'the thresholds to be saved',
    });
    await look('alerts-thresholds');
    await go('/alerts/silences');
    await look('alerts-silences-empty');
    await page.getByRole('button', { name: 'New silence' }).click();
    await page.getByText('Maintenance', { exact: true }).click();
    await look('alerts-silence-dialog');
    await page.getByRole('button', { name: 'Be silent' }).click();
    await page.getByRole('table', { name: 'Silences' }).getByText('Everything').waitFor();
    await look('alerts-silences');
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByText('Nothing is silenced').waitFor();
  });

  test('no page threw', () => expect(watched.problems).toEqual([]));
});
