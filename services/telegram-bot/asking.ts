import { answerTurn, findMessageOfJob, findTextSoFar, submitJob, turnId, type LineLimits } from '#answers';
import { askTelegram, DeliveryFailed, escapeHtml, splitText, type Telegram } from '#clients';
import type { MessageView } from '#contracts';
import type { Database } from '#db';
import { isAppError, type Clock } from '#kit';
import type { Jobs } from '#queue';
import { botRepository, type BotPerson } from './bot.repository.ts';
import { botWords } from './words.ts';

/** Telegram takes about one edit a second of a chat. */
const EDIT_EVERY_MS = 1_500;
const LOOK_EVERY_MS = 250;
/** The longest answer of a small box, as the line has it. */
const LONGEST_MS = 40 * 60_000;
const MOST_SHOWN = 3_500;
const MOST_ATTEMPTS = 5;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  jobs: Pick<Jobs, 'add'>;
  limits: () => LineLimits;
  /** The box's address for people; null where nobody said. */
  origin: () => string | null;
  clock: Clock;
  /** Ends with the service. */
  signal: AbortSignal;
}

const ENDED = ['completed', 'failed', 'cancelled'];

/** An answer with its sources, each with its page and a link to it. HTML. */
export const toAnswer = ({ content, citations }: Pick<MessageView, 'content' | 'citations'>, page: string, origin: string | null): string => {
  const sources = citations.map(({ marker, filename, page: number, documentId, passageId }) => {
    const words = escapeHtml(`[${marker}] ${filename}, ${page} ${number}`);
    if (origin === null) return words;
    const link = new URL(`/documents/${documentId}?page=${number}&passage=${passageId}`, origin).href;
    return `<a href="${escapeHtml(link).replaceAll('"', '&quot;')}">${words}</a>`;
  });
  return [escapeHtml(content), ...(sources.length === 0 ? [] : [[...new Set(sources)].join('\n')])].join('\n\n');
};

/** Questions from Telegram: the line, the rights and the answer of the chat, shown by editing one message. */
export const createAsking = ({ database, jobs, limits, origin, clock, signal }: Needs) => {
  const { db } = database;
  const open = new Set<Promise<void>>();

  const submit = (who: BotPerson, question: string, key: string): Promise<string | null> =>
    database.inTransaction(async (tx) => {
      if (!(await botRepository.once(tx, key))) return null;
      const { conversationId, messageId } = await botRepository.addQuestion(tx, who, question);
      const { jobId } = await submitJob(
        tx,
        { workspaceId: who.workspaceId, userId: who.userId, prompt: question, spec: { kind: 'chat' }, conversationId, messageId },
        limits(),
      );
      await jobs.add(tx, answerTurn, { jobId }, { id: turnId({ id: jobId, fence: 0 }) });
      return jobId;
    });

  /** Whoever was let out of the box or unpaired while they waited is shown nothing more. */
  const isStillThere = async ({ chatId, userId }: BotPerson): Promise<boolean> => (await botRepository.findPerson(db, chatId))?.userId === userId;

  /** What must arrive waits for as long as Telegram asks, and is tried again. */
  const surely = async (send: () => Promise<unknown>): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await send();
        return;
      } catch (error) {
        if (!(error instanceof DeliveryFailed) || error.permanent || attempt === MOST_ATTEMPTS) throw error;
        await clock.sleep(error.retryAfterMs ?? EDIT_EVERY_MS * attempt, signal);
      }
    }
  };

  const show = async (telegram: Telegram, who: BotPerson, jobId: string, messageId: number): Promise<void> => {
    const words = botWords[who.language];
    const edit = (text: string): Promise<unknown> =>
      askTelegram(() => telegram.editMessageText({ chat_id: who.chatId, message_id: messageId, text, parse_mode: 'HTML' }, signal));
    const until = clock.now() + LONGEST_MS;
    let shown = '';
    let editedAt = 0;
    while (clock.now() < until) {
      const status = await botRepository.jobStatus(db, jobId);
      if (status === undefined || ENDED.includes(status)) break;
      const text = (await findTextSoFar(db, jobId)).slice(0, MOST_SHOWN);
      if (text !== '' && text !== shown && clock.now() - editedAt >= EDIT_EVERY_MS) {
        editedAt = clock.now();
        shown = text;
        // What was not shown now is shown by the next edit; the last one is tried until it arrives.
        if (!(await isStillThere(who))) return;
        await edit(`${escapeHtml(text)} …`).catch(() => undefined);
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
    if (!(await isStillThere(who))) return;
    const message = await findMessageOfJob(db, jobId);
    const answered = message !== null && message.status !== 'failed' && message.content !== '';
    const [first = words.noAnswer, ...rest] = splitText(answered ? toAnswer(message, words.page, origin()) : words.noAnswer);
    await surely(() => edit(first));
    for (const text of rest) await surely(() => askTelegram(() => telegram.sendMessage({ chat_id: who.chatId, text, parse_mode: 'HTML' }, signal)));
  };

  return {
    /** Asks, and returns once the question is in line; the answer is shown as it is written. `key` names the message: it is asked once. */
    async ask(telegram: Telegram, who: BotPerson, question: string, key: string): Promise<void> {
      const words = botWords[who.language];
      const say = (text: string) => askTelegram(() => telegram.sendMessage({ chat_id: who.chatId, text }, signal));
      let jobId: string | null;
      try {
        jobId = await submit(who, question, key);
      } catch (error) {
        if (!isAppError(error, 'queue_full')) throw error;
        await say(words.lineFull);
        return;
      }
      if (jobId === null) return;
      const { message_id: messageId } = await say(words.thinking);
      const work: Promise<void> = show(telegram, who, jobId, messageId)
        // The answer stands in the dashboard all the same.
        .catch((error: unknown) => {
          if (!signal.aborted && !(error instanceof DeliveryFailed)) throw error;
        })
        .finally(() => open.delete(work));
      open.add(work);
      work.catch(() => undefined);
    },
    settled: async (): Promise<void> => void (await Promise.allSettled(open)),
  };
};
export type Asking = ReturnType<typeof createAsking>;
