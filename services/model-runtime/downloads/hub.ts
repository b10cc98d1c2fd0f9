import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, errorText } from '#kit';
import type { HubSource, ModelFile } from '../catalogue/catalogue.ts';
import { fileMatches, type Digest } from './digest.ts';
import { fetchFile } from './fetch-file.ts';
import type { Fetching } from './fetching.ts';

/** Answers to small questions; the hub's own clients wait 10 s too. */
const ASK_TIMEOUT_MS = 10_000;

interface RemoteFile {
  path: string;
  url: string;
  sizeBytes: number;
  digest: Digest;
}

/** Whether the hub answers at all. */
export const isHubReachable = async (endpoint: string, timeoutMs = 4_000): Promise<boolean> => {
  try {
    const response = await fetch(`${endpoint}/api/models?limit=1`, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

/** Fetches a model's files from a repository of the hub, each one resumed and checked. Returns the commit that they are of. */
export const fetchFromHub = async (
  endpoint: string,
  source: HubSource,
  files: readonly ModelFile[],
  { folder, signal, revision, onPlan, onBytes, onPinned }: Fetching,
): Promise<void> => {
  const commit = revision ?? (await pin(endpoint, source, signal));
  await onPinned(commit);
  const remote = await Promise.all(files.map((file) => describe(endpoint, source.repo, commit, file, signal)));
  await onPlan(remote.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  for (const { path, url, sizeBytes, digest } of remote) {
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    if (await isThere(to, digest, sizeBytes, signal)) onBytes(path, sizeBytes);
    else await fetchFile({ url, to, expected: digest, sizeBytes, signal, onBytes: (done) => onBytes(path, done) });
  }
};

/** A file that an earlier try finished. */
const isThere = async (path: string, digest: Digest, sizeBytes: number, signal: AbortSignal): Promise<boolean> => {
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  return size === sizeBytes && (await fileMatches(path, digest, signal));
};

/** The commit that a branch is at now: all files are taken from that one, also after a restart. */
const pin = async (endpoint: string, { repo, revision }: HubSource, signal: AbortSignal): Promise<string> => {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const response = await ask(`${endpoint}/api/models/${repo}/revision/${revision}`, { signal });
  const { sha } = (await response.json()) as { sha?: unknown };
  if (typeof sha === 'string') return sha;
  throw new AppError('download_failed', { message: `${new URL(endpoint).host} does not tell which commit ${revision} of ${repo} is.` });
};

/** Size and digest as the hub tells them in the answer before its redirect to the storage. A digest known here wins. */
const describe = async (endpoint: string, repo: string, commit: string, file: ModelFile, signal: AbortSignal): Promise<RemoteFile> => {
  const url = `${endpoint}/${repo}/resolve/${commit}/${file.path}`;
  const { headers } = await ask(url, { method: 'HEAD', redirect: 'manual', signal });
  const sizeBytes = Number(headers.get('x-linked-size') ?? headers.get('content-length') ?? file.sizeBytes ?? 0);
  const etag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0)
    throw new AppError('download_failed', { message: `${new URL(endpoint).host} does not tell how large ${file.path} of ${repo} is.` });
  return { path: file.path, url, sizeBytes, digest: digestOf(file, etag, sizeBytes) };
};

const digestOf = (file: ModelFile, etag: string, sizeBytes: number): Digest => {
  if (file.sha256) return { kind: 'sha256', hex: file.sha256 };
  if (/^[0-9a-f]{64}$/.test(etag)) return { kind: 'sha256', hex: etag };
  if (/^[0-9a-f]{40}$/.test(etag)) return { kind: 'git-sha1', hex: etag, sizeBytes };
  throw new AppError('download_failed', { message: `The hub gives no digest for ${file.path}; a file that cannot be checked is not used.` });
};

const ask = async (url: string, { signal, ...init }: RequestInit & { signal: AbortSignal }): Promise<Response> => {
  try {
    const response = await fetch(url, {
      ...init,
      headers: { 'Accept-Encoding': 'identity' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]),
    });
    if (response.status < 400) return response;
    await response.body?.cancel();
    throw new AppError('download_failed', { message: `${new URL(url).host} answered ${response.status} for ${new URL(url).pathname}.` });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw new AppError('download_failed', { message: `The model hub at ${new URL(url).host} cannot be reached (${errorText(error)}).`, cause: error });
  }
};
