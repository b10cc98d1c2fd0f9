import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { errorText } from '#kit';
import { verifyReceipt, type ReceiptCheck } from '#receipts';
import { formatOf } from '../../services/document-indexer/formats/index.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';

interface Given {
  file: string;
  originals: readonly string[];
  key: string | undefined;
}

const read = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    throw new StartProblem(`“${path}” cannot be read: ${errorText(error)}`);
  });

/** The pages' text, read as an upload is; undefined where the format is not known or the file cannot be read. */
const readPages = async (path: string, mimeType: string): Promise<string[] | undefined> => {
  const format = formatOf(mimeType);
  if (!format) return undefined;
  const fd = openSync(path, 'r');
  try {
    const document = await format.open({ fd, sizeBytes: fstatSync(fd).size });
    const pages: string[] = [];
    for (let number = 1; number <= document.pageCount; number += 1) {
      const { lines } = await document.readPage(number);
      pages.push(lines.map(({ text }) => text).join('\n'));
    }
    await document.close();
    return pages;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
};

const mimeTypeIn = (receipt: unknown, sha256: string): string => {
  const documents = (receipt as { receipt?: { made?: { documents?: { sha256: string; mimeType: string }[] } } } | null)?.receipt?.made?.documents ?? [];
  return documents.find((document) => document.sha256 === sha256)?.mimeType ?? '';
};

const MARK: Record<ReceiptCheck['state'], string> = { right: 'right  ', wrong: 'WRONG  ', unknown: 'open   ' };

/** Checks a receipt's file, and originals where they are given, on this machine alone. Errors: `StartProblem` for a file that cannot be read. */
export const receiptLines = async ({ file, originals, key }: Given): Promise<{ genuine: boolean; lines: string[] }> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse((await read(file)).toString('utf8'));
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    throw new StartProblem(`“${file}” is not JSON, so it is no receipt: ${errorText(error)}`);
  }
  const held = [];
  for (const path of originals) {
    const sha256 = createHash('sha256')
      .update(await read(path))
      .digest('hex');
    held.push({ name: basename(path), sha256, pages: await readPages(path, mimeTypeIn(parsed, sha256)) });
  }
  const checks = verifyReceipt(parsed, { trustedKey: key, originals: held });
  const wrong = checks.filter(({ state }) => state === 'wrong').length;
  const verdict = wrong > 0 ? `Do not trust this receipt: ${wrong} of ${checks.length} checks failed.` : 'The receipt is genuine, as far as was checked:';
  return { genuine: wrong === 0, lines: [verdict, ...checks.map(({ state, sentence }) => `  ${MARK[state]} ${sentence}`)] };
};
