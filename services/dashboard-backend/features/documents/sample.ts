import { createReadStream } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { UploadAnswer } from '#contracts';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { UploadsService } from './uploads.service.ts';

/** The product's own documentation: the README and every page below docs/. */
const listPages = async (folder: string): Promise<string[]> => {
  const docs = await readdir(join(folder, 'docs'), { recursive: true }).catch(() => []);
  const pages = ['README.md', ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))].sort();
  const there = await Promise.all(
    pages.map((page) =>
      access(join(folder, page)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return pages.filter((_, at) => there[at]);
};

/** Indexes the product's documentation as a first knowledge base. What is there already is given back, so that it may be asked for twice. */
export const addSample = async (uploads: UploadsService, who: Principal, folder: string): Promise<UploadAnswer> => {
  const items: UploadAnswer['items'] = [];
  for (const page of await listPages(folder)) {
    // "docs/runbooks/disk-full.md" becomes "Arasul – runbooks – disk-full.md".
    const name = ['Arasul', ...page.replace(/^docs\//u, '').split(/[/\\]/u)].join(' – ');
    const outcome = await uploads.take(who, { name, stream: createReadStream(join(folder, page)), reuse: true });
    if ('refused' in outcome) throw outcome.refused;
    items.push(outcome.taken);
  }
  if (items.length === 0) throw new AppError('not_found', { message: 'The documentation is not part of this installation. Upload a document of your own.' });
  return { items };
};
