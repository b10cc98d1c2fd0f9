import { Api, NetworkError, ParseError, TelegramApiError, TimeoutError } from 'node-telegram-bot-api';
import { DeliveryFailed } from '../messengers/message.ts';

export type { Message as TelegramMessage, Update as TelegramUpdate } from 'node-telegram-bot-api/types';
export { InputFile as TelegramFile } from 'node-telegram-bot-api';

export const TELEGRAM_ROOT = 'https://api.telegram.org';
const TIMEOUT_MS = 20_000;
/** 20 MB, the most that a bot may fetch, over a slow line. */
const DOWNLOAD_MS = 5 * 60_000;
/** The most that a bot may fetch, by the Bot API. */
export const TELEGRAM_MOST_BYTES = 20 * 2 ** 20;

/** Tries are the outbox's to make, and waits too. The token is part of every address, so that no error of the client's may be shown or logged as it is. */
export const createTelegram = ({ token, apiRoot }: { token: string; apiRoot: string }): Telegram =>
  Object.assign(new Api(token, { apiRoot, maxRetries: 0, timeoutMs: TIMEOUT_MS }), {
    async download(path: string): Promise<AsyncIterable<Uint8Array>> {
      const response = await fetch(`${apiRoot}/file/bot${token}/${path.split('/').map(encodeURIComponent).join('/')}`, {
        redirect: 'error',
        signal: AbortSignal.timeout(DOWNLOAD_MS),
      }).catch(() => {
        // Its message would name the address, and with it the token.
        throw new DeliveryFailed('The file could not be fetched from Telegram.');
      });
      if (!response.ok || !response.body) throw new DeliveryFailed(`Telegram answered ${response.status} for the file.`);
      return response.body;
    },
  });
export type Telegram = Api & {
  /** The bytes of a file by the path that `getFile` gave. Errors: `DeliveryFailed`. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
};

/** Answers that stay the same however often one asks: a chat that is gone, a text that is refused, a bot that was blocked. */
const FINAL = new Set([400, 403, 404, 413]);

/** What went wrong between the box and Telegram, without the token; other errors as they are. */
export const toTelegramFailure = (error: unknown): unknown => {
  if (error instanceof TelegramApiError) {
    const { errorCode, description, retryAfter } = error;
    const text = `Telegram answered ${errorCode}: ${description}.`;
    return new DeliveryFailed(text, { permanent: FINAL.has(errorCode), ...(retryAfter !== undefined && { retryAfterMs: retryAfter * 1000 }) });
  }
  if (error instanceof NetworkError || error instanceof TimeoutError)
    return new DeliveryFailed('Telegram does not answer. Is the box connected to the internet?');
  if (error instanceof ParseError) return new DeliveryFailed('Something else than Telegram answered.');
  return error;
};

/** One exchange. Errors: `DeliveryFailed`, which never names the token. */
export const askTelegram = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw toTelegramFailure(error);
  }
};

/** The code of Telegram's answer, where it answered: 401 for a wrong token, 409 for another program that fetches the same updates. */
export const telegramCode = (error: unknown): number | null => (error instanceof TelegramApiError ? error.errorCode : null);

/** Text for `parse_mode: HTML`. */
export const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A message holds 4,096 characters; escapes count as one, so that some are left for them. */
const MOST_CHARACTERS = 3_900;

/** Cuts a long text where people would: between paragraphs, else lines, sentences, words. */
export const splitText = (text: string, most = MOST_CHARACTERS): string[] => {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > most) {
    const head = rest.slice(0, most);
    const cut = ['\n\n', '\n', '. ', ' '].map((mark) => head.lastIndexOf(mark) + (mark === '. ' ? 1 : 0)).find((at) => at > most / 3) ?? most;
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== '') parts.push(rest);
  return parts;
};
