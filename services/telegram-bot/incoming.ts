import { askTelegram, DeliveryFailed, TELEGRAM_MOST_BYTES, type ObjectStore, type Telegram } from '#clients';
import type { Database, Notifier } from '#db';
import { findPredecessor, lockContent, takeIn } from '#documents';
import { beginDetection, HEAD_BYTES, originalName, safeFilename } from '#file-types';
import { errorText, isAppError, type Clock, type Logger } from '#kit';
import type { Jobs } from '#queue';
import { botRepository, type BotPerson } from './bot.repository.ts';
import { botWords } from './words.ts';

const LOOK_EVERY_MS = 1_000;
/** Longer than that, and the dashboard shows how it goes. */
const WATCH_MS = 30 * 60_000;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  objects: Pick<ObjectStore, 'receive'>;
  maxUploadBytes: () => number;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

interface SentFile {
  file_id: string;
  file_name?: string;
  file_size?: number;
}

/** Files that people send: the same way in as an upload, as that person's documents. */
export const createIncoming = ({ database, notifier, jobs, objects, maxUploadBytes, clock, log, signal }: Needs) => {
  const { db } = database;
  const open = new Set<Promise<void>>();
  /** Files are fetched one after another, behind the updates of others: each may be 20 MB of memory. */
  let fetched: Promise<unknown> = Promise.resolve();

  const store = async (who: BotPerson, name: string, bytes: Uint8Array): Promise<string> => {
    const detection = await beginDetection(bytes.subarray(0, HEAD_BYTES), safeFilename(name));
    async function* whole(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes);
    }
    const content = await objects.receive(detection.through(whole()), { maxBytes: maxUploadBytes(), expectedBytes: bytes.length });
    try {
      const mimeType = detection.end();
      const filename = safeFilename(name);
      return await database.inTransaction(async (tx) => {
        await lockContent(tx, content.sha256);
        const predecessor = await findPredecessor(tx, who, { folderId: undefined, filename, mimeType, sha256: content.sha256 });
        const taken = await takeIn(
          tx,
          { notifier, jobs },
          {
            workspaceId: who.workspaceId,
            ownerId: who.userId,
            filename,
            originalName: originalName(name),
            mimeType,
            content,
            ...(predecessor === undefined ? {} : { versionOf: predecessor }),
          },
        );
        await botRepository.audit(tx, who, 'document.uploaded', taken.id);
        return taken.holder ?? taken.id;
      });
    } catch (error) {
      await content.discard();
      throw error;
    }
  };

  const fetchWhole = async (telegram: Telegram, { file_id: id }: SentFile): Promise<Uint8Array> => {
    const { file_path: path } = await askTelegram(() => telegram.getFile({ file_id: id }, signal));
    if (path === undefined) throw new DeliveryFailed('Telegram did not say where the file is.');
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const part of await telegram.download(path)) {
        size += part.length;
        if (size > TELEGRAM_MOST_BYTES) throw new DeliveryFailed('The file is larger than Telegram said.');
        parts.push(part);
      }
    } catch (cause) {
      if (cause instanceof DeliveryFailed) throw cause;
      throw new DeliveryFailed('The file did not arrive whole from Telegram. Send it again.', { cause });
    }
    return Buffer.concat(parts);
  };

  /** The document may be somebody else’s with the same content: of that one, only how its reading goes is told. */
  const watch = async (telegram: Telegram, who: BotPerson, { documentId, name }: { documentId: string; name: string }, messageId: number): Promise<void> => {
    const words = botWords[who.language];
    const until = clock.now() + WATCH_MS;
    let shown = '';
    while (clock.now() < until) {
      await clock.sleep(LOOK_EVERY_MS, signal);
      const row = await botRepository.findDocument(db, documentId);
      if (!row) return;
      const { status, progress, page_count: pages, error_message: why } = row;
      const ended = status === 'indexed' || status === 'failed';
      const text =
        status === 'indexed'
          ? words.fileReady(name, pages)
          : status === 'failed'
            ? words.fileFailed(name, why ?? words.state.failed ?? '')
            : words.fileReading(name, Math.round(Number(progress ?? 0)));
      if (text !== shown) await askTelegram(() => telegram.editMessageText({ chat_id: who.chatId, message_id: messageId, text }, signal));
      shown = text;
      if (ended) return;
    }
  };

  return {
    /** Takes a file in and tells how it goes by editing one message. `key` names the message that brought it: it is taken once. */
    async take(telegram: Telegram, who: BotPerson, file: SentFile, key: string): Promise<void> {
      const words = botWords[who.language];
      const say = (text: string) => askTelegram(() => telegram.sendMessage({ chat_id: who.chatId, text }, signal));
      const name = file.file_name ?? 'file';
      if ((file.file_size ?? 0) > TELEGRAM_MOST_BYTES) return void (await say(words.fileTooBig));
      if (!(await database.inTransaction((tx) => botRepository.once(tx, key)))) return;
      const storing = fetched.then(async () => store(who, name, await fetchWhole(telegram, file)));
      fetched = storing.catch(() => undefined);
      const follow = async (): Promise<void> => {
        let documentId: string;
        try {
          documentId = await storing;
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ reason: errorText(error) }, 'a file that was sent could not be taken in');
          return void (await say(words.fileRefused(name, isAppError(error) || error instanceof DeliveryFailed ? error.message : words.tryAgain)));
        }
        const { message_id: messageId } = await say(words.fileTaken(name));
        await watch(telegram, who, { documentId, name: safeFilename(name) }, messageId);
      };
      const work: Promise<void> = follow()
        // That it could not be told changes nothing of the document.
        .catch(() => undefined)
        .finally(() => open.delete(work));
      open.add(work);
    },
    settled: async (): Promise<void> => void (await Promise.allSettled(open)),
  };
};
export type Incoming = ReturnType<typeof createIncoming>;
