import { defaultSettings, type QueueJob } from '#contracts';
import { createNotifier, type Database } from '#db';
import { silentLogger } from '#kit';
import { createJobsService, jobsRepository } from '../../services/dashboard-backend/features/jobs/index.ts';
import { createQueueService, queueRepository } from '../../services/dashboard-backend/features/queue/index.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';
import { OPERATOR, operatorAudit } from './operator.ts';

const PAGE = 200;
const USAGE = '“queue” takes list, pause [REASON], resume, cancel JOB or move JOB [BEFORE]. “npm run arasul -- help” tells more.';

const seconds = (ms: number | null): string => (ms === null ? '?' : `${Math.ceil(ms / 1000)} s`);

const lineOf = ({ jobId, ticket, username, kind, model, byHand }: QueueJob): string =>
  [
    ticket.position === 0 ? 'runs' : String(ticket.position).padStart(4),
    jobId,
    (username ?? 'the box').padEnd(20),
    kind.padEnd(10),
    ticket.position > 0 && !ticket.paused && `in about ${seconds(ticket.etaMs)}, at most ${seconds(ticket.etaP90Ms)}`,
    model,
    byHand && 'placed by hand',
  ]
    .filter(Boolean)
    .join('  ');

/** `arasul queue …`: the line in front of the accelerator, seen and steered from the machine itself. Errors: `StartProblem`, those of the queue. */
export const queueCommand = async (
  database: Database,
  [what = 'list', first, second, ...more]: readonly string[],
  say: (line: string) => void,
): Promise<void> => {
  const notifier = createNotifier({ database, log: silentLogger });
  const audit = operatorAudit(database);
  // The worker gives turns itself when it is woken; so nothing is put into its queue from here.
  const jobs = { add: () => Promise.resolve() };
  const queue = createQueueService({ database, notifier, repository: queueRepository, audit, jobs, settings: () => defaultSettings.queue });
  const running = createJobsService({ database, notifier, repository: jobsRepository, audit });
  const list = async (): Promise<void> => {
    const { paused, running: now, waiting } = await queue.view(OPERATOR);
    const { items } = await queue.waiting(OPERATOR, { limit: PAGE });
    if (paused)
      say(`The line is paused since ${paused.at} by ${paused.by ?? 'nobody'}${paused.reason ? `: ${paused.reason}` : ''}. “queue resume” lets it go on.`);
    [...now, ...items].map(lineOf).forEach(say);
    if (now.length + waiting === 0) say('Nothing waits, and nothing runs.');
    if (waiting > items.length) say(`and ${waiting - items.length} more.`);
  };
  try {
    const words = [first, second, ...more].filter((word) => word !== undefined);
    if (what === 'list' && words.length === 0) await list();
    else if (what === 'pause') {
      await queue.pause(OPERATOR, words.join(' ').slice(0, PAGE) || undefined);
      say('The line is paused: what runs is finished, nothing else begins. “queue resume” lets it go on.');
    } else if (what === 'resume' && words.length === 0) {
      await queue.resume(OPERATOR);
      await notifier.publish(database.db, 'queue.wake', { queue: 'accelerator' });
      say('The line goes on.');
    } else if (what === 'cancel' && first && words.length === 1) {
      const { status } = await running.cancel(OPERATOR, first);
      say(status === 'cancelled' ? 'It is stopped.' : 'It is being stopped.');
    } else if (what === 'move' && first && words.length <= 2) {
      await queue.move(OPERATOR, first, second ?? null);
      await list();
    } else throw new StartProblem(USAGE);
  } finally {
    await notifier.close();
  }
};
