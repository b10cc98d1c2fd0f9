import { sql } from 'kysely';
import { account, decideNext, lockDecisions, readLine, storeTickets, submitJob, ticketsOf } from '#answers';
import type { Database } from '#db';
import { defineBench, percentile } from './bench.ts';
import { withScratchDatabase } from './scratch-database.ts';

const WAITING = 10_000;
const PEOPLE = 200;
const ROUNDS = 40;
const WORKSPACE = '00000000-0000-7000-8000-000000000001';

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const fill = async ({ db }: Pick<Database, 'db'>): Promise<void> => {
  await sql`insert into admin_users (username, email, password_hash, role) select 'p' || n, 'p' || n || '@example.org', 'x', 'user' from generate_series(1, ${PEOPLE}) n`.execute(
    db,
  );
  await sql`
    with people as (select id, row_number() over (order by id) as n from admin_users),
      jobs as (
        insert into llm_jobs (user_id, kind, prompt, params, last_seq)
        select p.id, 'chat', repeat('what is it ', 20), '{}', 1 from generate_series(1, ${WAITING}) g join people p on p.n = 1 + g % ${PEOPLE} returning id)
    insert into llm_queue (job_id, priority, begin_by) select id, 100, now() + interval '1 day' from jobs`.execute(db);
  await sql`analyze`.execute(db);
};

export default defineBench({
  name: 'capacity',
  about: `${WAITING} questions of ${PEOPLE} people wait. What one more costs: to submit it, to decide who is next, to settle what ran, and to tell the tickets anew.`,
  measure: () =>
    withScratchDatabase(async ({ database }) => {
      await fill(database);
      const { db } = database;
      const [person] = await db.selectFrom('admin_users').select('id').limit(1).execute();
      const spans = { submit: [] as number[], decide: [] as number[], settle: [] as number[], tickets: [] as number[], read: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        const ids: string[] = [];
        spans.submit.push(
          await timed(() =>
            database.inTransaction(async (tx) => {
              await submitJob(
                tx,
                { workspaceId: WORKSPACE, userId: person!.id, prompt: 'And now?', spec: { kind: 'chat' } },
                { maxWaiting: 100_000, maxWaitingPerUser: 10_000, hasOwnRuntime: false },
              );
            }),
          ),
        );
        spans.decide.push(
          await timed(() =>
            database.inTransaction(async (tx) => {
              await lockDecisions(tx);
              const chosen = await decideNext(tx);
              ids.push(chosen!.id);
              await sql`with j as (update llm_jobs set status = 'processing' where id = ${chosen!.id}) update llm_queue set started_at = clock_timestamp() where job_id = ${chosen!.id}`.execute(
                tx,
              );
            }),
          ),
        );
        spans.settle.push(
          await timed(() =>
            database.inTransaction(async (tx) => {
              await lockDecisions(tx);
              await account(tx, { type: 'finished', id: ids[0]!, usedMs: 1_000 });
              await sql`with j as (update llm_jobs set status = 'completed', finished_at = now() where id = ${ids[0]!}) delete from llm_queue where job_id = ${ids[0]!}`.execute(
                tx,
              );
            }),
          ),
        );
        if (round % 4 > 0) continue;
        let line!: Awaited<ReturnType<typeof readLine>>;
        spans.read.push(await timed(async () => (line = await readLine(db, Date.now()))));
        spans.tickets.push(
          await timed(async () => {
            await storeTickets(db, ticketsOf(line, Date.now(), 300).slice(0, 300));
          }),
        );
      }
      const figure = (name: string, of: number[], atMost?: number) => ({
        name: `${name}, p95`,
        value: percentile(of, 0.95),
        unit: 'ms',
        ...(atMost === undefined ? {} : { goal: { atMost, text: `<= ${atMost} ms` } }),
      });
      return [
        figure('submit', spans.submit, 10),
        figure('decide who is next', spans.decide, 5),
        figure('settle what ran', spans.settle, 5),
        figure('read the whole line', spans.read),
        figure('300 tickets worked out and stored', spans.tickets),
      ];
    }),
});
