import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignedReceipt } from '#contracts';
import { createReceiptSigner } from '#receipts';
import { runCommand } from '../../scripts/arasul/main.ts';
import { startAskingBox } from '../support/asking.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { lines, makePdf, prosePage } from '../support/pdf.ts';
import { say } from '../support/scripted-runtime.ts';

const FACT = ['The lighthouse of Sandvik was built in 1887 by the engineer Ingrid Solberg.', 'It is 43 metres high and its light is seen for 31 kilometres.'];

describe('M3 the receipt of an answer', () => {
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let folder: string;
  let original: Buffer;
  let messageId: string;
  let receipt: SignedReceipt;
  let key: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arasul-receipt-'));
    asking = await startAskingBox();
    indexing = await startIndexing(asking.box);
    const { box, owner } = asking;
    original = Buffer.from(makePdf([prosePage(1, 8), prosePage(2, 8), { texts: [...prosePage(3, 6).texts!, ...lines(FACT, { top: 380 })] }]));
    await whenDocument(box, owner, await uploaded(box, owner, 'report.pdf', original));
    asking.runtime.script = say('The lighthouse of Sandvik was built in 1887. It was painted pink in 1950 by three brothers.');
    const asked = await asking.ask('Who built the lighthouse of Sandvik, and when?');
    await asking.follow(asked.jobId);
    messageId = asked.messageId;
    receipt = (await box.request('GET', `/api/v1/messages/${messageId}/receipt`, { as: owner })).body;
    key = (await box.request('GET', '/api/v1/receipts/key', { as: owner })).body.keyId;
  });
  afterAll(async () => {
    await indexing.stop();
    await asking.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Checks it as a technician does, on a machine without a box. */
  const check = async (file: unknown, ...words: string[]): Promise<{ code: number; said: string }> => {
    const path = join(folder, 'receipt.json');
    await writeFile(path, typeof file === 'string' ? file : JSON.stringify(file));
    const said: string[] = [];
    const code = await runCommand({
      root: process.cwd(),
      env: { ARASUL_DATA_DIR: join(folder, 'no-box') },
      words: ['verify-receipt', path, ...words],
      say: (line) => said.push(line),
      complain: (line) => said.push(line),
    });
    return { code, said: said.join('\n') };
  };
  const keep = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };

  test('it names documents, passages, pages, model, settings and time', () => {
    const { made, citations, question, answer } = receipt.receipt;
    expect(question).toBe('Who built the lighthouse of Sandvik, and when?');
    expect(answer).toContain('1887. [1]');
    expect(citations[0]).toMatchObject({ marker: 1, page: 3 });
    expect(made.documents).toMatchObject([{ filename: 'report.pdf', sizeBytes: original.length }]);
    expect(made.passages.map(({ passageId }) => passageId)).toContain(citations[0]!.passageId);
    expect(made.model).toEqual({ id: 'scripted', digest: null });
    expect(made.settings).toMatchObject({ passages: 6, temperature: 0.1 });
  });

  test('it is checked without the box, against the key and the original', async () => {
    const { code, said } = await check(receipt, await keep('original.pdf', original), `--key=${key}`);
    expect(said).not.toMatch(/WRONG|open /);
    expect(said).toContain('The quotes from “original.pdf” (1) stand on the pages');
    expect(code).toBe(0);
  });

  test('it still holds when the document is gone from the box', async () => {
    const [{ id }] = (await asking.box.request('GET', '/api/v1/documents', { as: asking.owner })).body.items;
    await asking.box.request('DELETE', `/api/v1/documents/${id}`, { as: asking.owner });
    const again = (await asking.box.request('GET', `/api/v1/messages/${messageId}/receipt`, { as: asking.owner })).body;
    expect(again.receipt.made).toEqual(receipt.receipt.made);
    expect((await check(again)).code).toBe(0);
  });

  test.each<[string, (receipt: SignedReceipt) => unknown, string]>([
    ['a word of the answer', ({ receipt: r, signature }) => ({ receipt: { ...r, answer: r.answer.replace('1887', '1878') }, signature }), 'signature'],
    ['the page', ({ receipt: r, signature }) => ({ receipt: { ...r, citations: [{ ...r.citations[0], page: 4 }] }, signature }), 'signature'],
    ['an added field', ({ receipt: r, signature }) => ({ receipt: { ...r, note: 'x' }, signature }), 'signature'],
    [
      'everything, signed again by somebody else',
      ({ receipt: r }) => createReceiptSigner(Buffer.alloc(32, 7)).sign({ ...r, answer: r.answer.replace('1887', '1878') }),
      'not by',
    ],
    [
      'a passage, signed with the key that is trusted',
      ({ receipt: r }) =>
        createReceiptSigner(Buffer.alloc(32, 7)).sign({ ...r, made: { ...r.made, passages: r.made.passages.map((p) => ({ ...p, text: `${p.text} ` })) } }),
      'hash',
    ],
  ])('changed: %s', async (_what, change, word) => {
    const { code, said } = await check(change(structuredClone(receipt)), `--key=${key}`);
    expect(code).toBe(1);
    expect(said).toContain('Do not trust');
    expect(
      said
        .split('\n')
        .filter((line) => line.includes('WRONG'))
        .join('\n'),
    ).toContain(word);
  });

  test('another file is not taken for the original, and a page that lacks the quote is told', async () => {
    const other = Buffer.from(makePdf([prosePage(1, 8)]));
    expect((await check(receipt, await keep('other.pdf', other))).said).toContain('“other.pdf” (SHA-256');
    const moved = createReceiptSigner(Buffer.alloc(32, 7)).sign({
      ...receipt.receipt,
      citations: [{ ...receipt.receipt.citations[0]!, page: 2 }],
      made: { ...receipt.receipt.made, passages: receipt.receipt.made.passages.map((passage) => ({ ...passage, page: 2, pageEnd: 2 })) },
    });
    expect((await check(moved, await keep('original.pdf', original))).said).toContain('does not stand on page 2');
  });

  test('what is no receipt is a sentence', async () => {
    expect(await check('{}')).toMatchObject({ code: 1, said: expect.stringContaining('no receipt of Arasul') });
    expect(await check('not json')).toMatchObject({ code: 1, said: expect.stringContaining('is not JSON') });
  });

  test('nobody gets the receipt of another’s answer, and an unfinished one has none', async () => {
    const { box, owner } = asking;
    expect(await box.request('GET', `/api/v1/messages/${messageId}/receipt`, { as: await box.user('admin') })).toMatchObject({ status: 404 });
    await box.database.db.updateTable('chat_messages').set({ status: 'stopped' }).where('id', '=', messageId).execute();
    expect(await box.request('GET', `/api/v1/messages/${messageId}/receipt`, { as: owner })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    });
  });
});
