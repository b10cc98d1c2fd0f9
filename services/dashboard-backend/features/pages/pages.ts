import { createReadStream, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

interface Stored {
  path: string;
  sizeBytes: number;
}

interface Page extends Stored {
  type: string;
  etag: string;
  /** Made when the dashboard was built. */
  compressed: { encoding: 'br' | 'gzip'; file: Stored }[];
}

/** The bundler puts a content hash into the names below this folder: such a file never changes. */
const HASHED = '/assets/';
const YEAR_S = 31_536_000;

/** Every file of `folder` by its address. The list is the protection: an address that is not in it is nothing. */
const listPages = (folder: string): Map<string, Page> => {
  const files = new Map<string, Stored & { mtimeMs: number }>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = statSync(path);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { path, sizeBytes: size, mtimeMs });
  }
  const pages = new Map<string, Page>();
  for (const [address, file] of files) {
    const of = extname(address);
    if (of === '.br' || of === '.gz') continue;
    const compressed = (
      [
        ['br', '.br'],
        ['gzip', '.gz'],
      ] as const
    ).flatMap(([encoding, suffix]) => {
      const smaller = files.get(address + suffix);
      return smaller ? [{ encoding, file: smaller }] : [];
    });
    pages.set(address, {
      ...file,
      compressed,
      type: TYPES[of] ?? 'application/octet-stream',
      etag: `"${file.sizeBytes.toString(36)}-${Math.round(file.mtimeMs).toString(36)}"`,
    });
  }
  return pages;
};

const accepts = (request: Request, encoding: string): boolean => {
  const header = request.headers['accept-encoding'] ?? '';
  return header.split(',').some((part) => {
    const [name, quality] = part.trim().split(/\s*;\s*q=/);
    return name === encoding && quality !== '0';
  });
};

const send = async (page: Page, isHashed: boolean, request: Request, response: Response): Promise<void> => {
  response.setHeader('Content-Type', page.type);
  response.setHeader('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  if (page.compressed.length > 0) response.setHeader('Vary', 'Accept-Encoding');
  const chosen = page.compressed.find(({ encoding }) => accepts(request, encoding));
  const etag = chosen ? page.etag.replace(/"$/, `-${chosen.encoding}"`) : page.etag;
  response.setHeader('ETag', etag);
  if (request.headers['if-none-match'] === etag) {
    response.status(304).end();
    return;
  }
  const file = chosen?.file ?? page;
  if (chosen) response.setHeader('Content-Encoding', chosen.encoding);
  response.setHeader('Content-Length', file.sizeBytes);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(createReadStream(file.path), response);
};

/**
 * Serves the built dashboard of `folder`. Addresses without a file and without an extension are pages of the dashboard:
 * they get index.html, and the dashboard's router does the rest.
 */
export const createPages = (folder: string): RequestHandler => {
  const pages = listPages(folder);
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const isPage = extname(request.path) === '';
    const page = pages.get(request.path) ?? (isPage ? pages.get('/index.html') : undefined);
    if (!page) return next();
    send(page, request.path.startsWith(HASHED), request, response).catch((error: NodeJS.ErrnoException) => {
      next(error.code === 'ENOENT' ? undefined : error); // a new build took the file away
    });
  };
};
