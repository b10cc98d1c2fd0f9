import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectReport, signReport, updatePlaces, verifyReport } from '#updates';

/** What must never leave the box, planted wherever a box keeps words. */
const PLANTED = ['Gehaltsliste-2026.pdf', 'Mara Lindqvist', 'hunter2-very-secret', 'The merger with Sandvik closes in May', '/home/mara/Contracts'];
const OWN = 'a document could not be read; it is tried again';

describe('M9 a report for the maker, on a stick', () => {
  let dataDir: string;
  let dist: string;
  const seed = Buffer.alloc(32, 7);

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'arasul-report-'));
    dist = join(dataDir, 'product');
    const places = updatePlaces(dataDir);
    for (const folder of ['logs', 'run', 'updates', 'product/dist', 'product/dist/public']) mkdirSync(join(dataDir, folder), { recursive: true });
    writeFileSync(join(dist, 'dist', 'core.js'), `log.warn({file},${JSON.stringify(OWN)});`);
    const at = '2026-11-25T10:00:00.000Z';
    const line = (msg: string, more: object = {}, level = 40): string => JSON.stringify({ level, time: at, msg, ...more });
    writeFileSync(
      join(dataDir, 'logs', 'core.log'),
      [
        line(OWN, { file: PLANTED[0], owner: PLANTED[1] }),
        line(OWN, { text: PLANTED[3] }),
        line(`${PLANTED[0]} could not be read`, {}, 50),
        line(`token ${PLANTED[2]}`, {}, 60),
        line('nothing of note', {}, 30),
        `a bare line about ${PLANTED[3]}`,
      ].join('\n'),
    );
    writeFileSync(join(dataDir, 'logs', 'postgres.log'), `ERROR: duplicate key ${PLANTED[1]}\n`);
    writeFileSync(
      join(dataDir, 'run', 'state.json'),
      JSON.stringify({
        version: '0.2.0',
        pid: 1,
        startedAt: at,
        port: 8080,
        addresses: [],
        services: [{ name: 'core', state: 'ready', since: at, pid: 2, restarts: 3, lastError: `died at ${PLANTED[4]}` }],
      }),
    );
    const entries = [
      { at, by: PLANTED[1], updateId: 'u1', state: 'found', from: '0.1.0', to: '0.2.0', file: `${PLANTED[0]}.arasul`, sha256: 'ab'.repeat(32) },
      {
        at,
        by: 'bootstrap',
        updateId: 'u1',
        state: 'rolled_back',
        from: '0.2.0',
        to: '0.1.0',
        check: 'recall',
        reason: `“${PLANTED[3]}” is not found`,
        checks: [{ name: 'recall', ok: false, detail: PLANTED[3], tookMs: 12 }],
        logLines: [PLANTED[2]],
      },
    ];
    writeFileSync(places.journal, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const make = async () => signReport(await collectReport({ dataDir, running: { version: '0.2.0', dir: dist }, now: Date.now() }), seed);

  test('tells versions, updates with the check that decided, services and the program’s own words', async () => {
    const { text, fingerprint } = await make();
    const { report } = verifyReport(text, { box: fingerprint });
    expect(report.updates).toMatchObject([
      { from: '0.1.0', to: '0.2.0', state: 'rolled_back', failedCheck: 'recall', checks: [{ name: 'recall', ok: false }] },
    ]);
    expect(report.services).toEqual([{ name: 'core', state: 'ready', restarts: 3 }]);
    expect(report.log).toContainEqual({ service: 'core', level: 'warn', message: OWN, count: 2, lastAt: '2026-11-25T10:00:00.000Z' });
    expect(report.log.filter(({ message }) => message === null).map(({ level }) => level)).toEqual(['error', 'fatal']);
  });

  test('holds no document text, no name, no path and no secret', async () => {
    const { text } = await make();
    for (const planted of PLANTED) expect(text).not.toContain(planted);
    for (const word of PLANTED.flatMap((planted) => planted.split(/[ ./-]/)).filter((word) => word.length > 5)) expect(text).not.toContain(word);
  });

  test('one that was changed, is of another box, or is none at all is refused in a sentence', async () => {
    const { text } = await make();
    expect(() => verifyReport(text.replace('"restarts": 3', '"restarts": 0'))).toThrow(/changed after the box wrote it/);
    expect(() => verifyReport(text, { box: '0000 1111' })).toThrow(/of another box/);
    expect(() => verifyReport(text.slice(0, -40))).toThrow(/damaged/);
  });
});
