import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { errorText } from '#kit';
import { checkHost, guardedLookup, type AddressPolicy } from './address-policy.ts';
import { DeliveryFailed } from './message.ts';

const TIMEOUT_MS = 15_000;
const MOST_ANSWER_BYTES = 64 * 1024;
/** However long a channel asks to be left alone: a day later is asked again. */
const LONGEST_PAUSE_MS = 86_400_000;

/** `Retry-After`: seconds or a date. */
const retryAfter = (given: string | undefined): number | undefined => {
  if (given === undefined) return undefined;
  const seconds = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isFinite(seconds) ? Math.min(LONGEST_PAUSE_MS, Math.max(0, seconds)) : undefined;
};

interface Options {
  headers: Record<string, string>;
  body: string;
  policy: AddressPolicy;
  signal: AbortSignal;
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

const exchange = (url: URL, { headers, body, policy, signal }: Options): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(
      url,
      {
        method: 'POST',
        headers: { 'user-agent': 'Arasul', ...headers, 'content-length': Buffer.byteLength(body) },
        lookup: guardedLookup(policy),
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < MOST_ANSWER_BYTES) text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }));
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('the connection was cut in mid-answer')));
      },
    );
    request.on('error', reject);
    request.end(body);
  });

/** One POST. It follows no redirect: where a message goes is what a person typed. Errors: `DeliveryFailed` unless answered with 2xx. */
export const post = async (address: string, options: Options): Promise<string> => {
  const url = new URL(address);
  checkHost(url.hostname, options.policy);
  let answer: Answer;
  try {
    answer = await exchange(url, options);
  } catch (cause) {
    if (cause instanceof DeliveryFailed) throw cause;
    throw new DeliveryFailed(`${url.host} does not answer: ${errorText(cause)}.`, { cause });
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return answer.text;
  const pause = status === 429 || status === 503 ? retryAfter(answer.retryAfter) : undefined;
  throw new DeliveryFailed(`${url.host} answered ${status}.`, { permanent: status === 410, ...(pause !== undefined && { retryAfterMs: pause }) });
};
