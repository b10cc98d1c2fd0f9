import { useSyncExternalStore } from 'react';
import type { UpdateBundleView } from '#contracts';
import { api, apiPath, csrfHeaders } from '../../lib/api/client.ts';
import { connection } from '../../lib/api/connection.ts';
import { ApiError, errorFrom } from '../../lib/api/errors.ts';
import { refreshUpdates } from './use-updates.ts';

/** The bundle on its way from this page. */
export interface Sending {
  name: string;
  sizeBytes: number;
  sentBytes: number;
  /** Of this page's own sending: when it began, and from which byte. */
  since: { at: number; fromBytes: number };
  state: 'sending' | 'waiting' | 'failed';
  error: unknown;
}

/** Small enough to be lost without regret on a bad link, large enough to fill a good one. */
const CHUNK_BYTES = 4 * 2 ** 20;
const PAUSE_MS = 2_000;

let current: Sending | undefined;
let stop: AbortController | undefined;
const listeners = new Set<() => void>();
const set = (next: Sending | undefined): void => {
  current = next;
  for (const listener of listeners) listener();
};
const change = (part: Partial<Sending>): void => current && set({ ...current, ...part });

const hashOf = async (bytes: ArrayBuffer): Promise<Record<string, string>> => {
  // Browsers have it for https and localhost alone; elsewhere the bundle's own signature finds what was damaged.
  if (!window.isSecureContext) return {};
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return { 'x-content-sha256': [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
};

const putChunk = async (id: string, offset: number, bytes: ArrayBuffer, signal: AbortSignal): Promise<UpdateBundleView> => {
  let response: Response;
  try {
    response = await fetch(apiPath(`/updates/uploads/${id}`, { offset }), {
      method: 'PUT',
      headers: { ...csrfHeaders(), ...(await hashOf(bytes)), 'content-type': 'application/octet-stream' },
      body: bytes,
      signal,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    connection.away();
    throw new ApiError({ code: 'network', message: 'The connection was lost during the upload.', status: 0, cause });
  }
  if (!response.ok) throw errorFrom(response.status, await response.text(), response.headers);
  connection.answered();
  return (await response.json()) as UpdateBundleView;
};

const isPassing = (error: unknown): boolean => error instanceof ApiError && (error.away || error.code === 'network' || error.code === 'upload_aborted');

const begin = (file: File): Promise<UpdateBundleView> => api.post('/updates/uploads', 'updateBundleView', { name: file.name, sizeBytes: file.size });

/** Sends a bundle piece by piece; a lost connection is waited for, and what the box has already is not sent again. */
export const sendBundle = async (file: File): Promise<void> => {
  if (current?.state === 'sending' || current?.state === 'waiting') return;
  stop = new AbortController();
  const { signal } = stop;
  set({ name: file.name, sizeBytes: file.size, sentBytes: 0, since: { at: performance.now(), fromBytes: 0 }, state: 'sending', error: undefined });
  let bundle: UpdateBundleView | undefined;
  while (!signal.aborted) {
    try {
      if (bundle === undefined) {
        bundle = await begin(file);
        change({ sentBytes: bundle.receivedBytes, state: 'sending', since: { at: performance.now(), fromBytes: bundle.receivedBytes } });
        await refreshUpdates();
      }
      if (bundle.receivedBytes >= file.size || bundle.state !== 'receiving') break;
      const offset = bundle.receivedBytes;
      bundle = await putChunk(bundle.id, offset, await file.slice(offset, offset + CHUNK_BYTES).arrayBuffer(), signal);
      change({ sentBytes: bundle.receivedBytes, state: 'sending' });
    } catch (error) {
      if (signal.aborted) break;
      const isElsewhere = error instanceof ApiError && error.code === 'conflict'; // another page went on with it: ask where it is
      if (!isPassing(error) && !isElsewhere) {
        change({ state: 'failed', error });
        return;
      }
      bundle = undefined;
      change({ state: 'waiting' });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  set(undefined);
  await refreshUpdates();
};

/** Stops sending; what has arrived stays for a day. */
export const stopSending = (): void => {
  stop?.abort();
  set(undefined);
};

export const useSending = (): Sending | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
