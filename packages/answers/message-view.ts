import { sql, type Selectable } from 'kysely';
import type { AnswerFeedback, AnswerTimings, Citation, MessageView, NearestPassage, RecalledSource } from '#contracts';
import type { ChatMessages, Db } from '#db';

/** What is kept of the search that an answer was made from. */
interface Made {
  degraded: string | null;
  confidence: number | null;
  threshold: number | null;
}

/** An answer is weak in the first quarter of the way from the threshold of refusing to certainty. */
const UNSURE_SHARE = 0.25;

const weaknessOf = (made: Made | null): MessageView['weakSearch'] => {
  if (made === null) return null;
  const { confidence, threshold } = made;
  if (confidence !== null && threshold !== null && confidence < threshold + UNSURE_SHARE * (1 - threshold)) return 'unsure';
  return made.degraded === 'meaning_away' ? 'words_only' : null;
};

export type MessageRow = Selectable<ChatMessages> & {
  job_id: string | null;
  as_of: string | null;
  made: Made | null;
  feedback: AnswerFeedback | null;
  recalled: RecalledSource[];
};

/** The only way from a message's row to its JSON. */
export const toMessageView = (row: MessageRow): MessageView => ({
  id: row.id,
  conversationId: row.conversation_id,
  role: row.role as MessageView['role'],
  content: row.content,
  status: row.status as MessageView['status'],
  citations: (row.sources as unknown as Citation[] | null) ?? [],
  grounded: row.grounded,
  unsupported: (row.unsupported as [number, number][] | null) ?? [],
  doubtfulNumbers: (row.doubtful_numbers as [number, number][] | null) ?? [],
  refused: row.refused,
  nearest: (row.nearest as unknown as NearestPassage[] | null) ?? [],
  answeredBy: row.answered_by as MessageView['answeredBy'],
  model: row.model,
  timings: row.timings as unknown as AnswerTimings | null,
  error: row.error as unknown as MessageView['error'],
  jobId: row.job_id,
  feedback: row.feedback,
  recalled: row.recalled,
  asOf: row.as_of,
  weakSearch: row.refused ? null : weaknessOf(row.made),
  createdAt: row.created_at.toISOString(),
});

/** Messages with the job that wrote each; a query to be narrowed. */
export const selectMessages = (db: Db) =>
  db
    .selectFrom('chat_messages')
    .selectAll('chat_messages')
    .select((eb) => eb.selectFrom('llm_jobs').select('llm_jobs.id').whereRef('llm_jobs.message_id', '=', 'chat_messages.id').limit(1).as('job_id'))
    .select([
      sql<string | null>`(select j.params->>'asOf' from llm_jobs j where j.message_id = chat_messages.id limit 1)`.as('as_of'),
      sql<Made | null>`(
        select json_build_object('degraded', r.record->'degraded', 'confidence', r.record->'confidence', 'threshold', r.record->'threshold')
        from answer_records r where r.message_id = chat_messages.id)`.as('made'),
      sql<AnswerFeedback | null>`(
        select json_build_object('verdict', f.verdict, 'reason', f.reason, 'comment', f.comment) from answer_feedback f where f.message_id = chat_messages.id)`.as(
        'feedback',
      ),
      sql<RecalledSource[]>`coalesce((
        select json_agg(json_build_object('marker', r.marker, 'passageId', r.passage_id, 'reason', r.reason,
          'at', to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by r.marker)
        from answer_recalls r where r.message_id = chat_messages.id), '[]')`.as('recalled'),
    ]);

/** The message that a job writes; null for a job without one. */
export const findMessageOfJob = async (db: Db, jobId: string): Promise<MessageView | null> => {
  const row = await selectMessages(db)
    .where('chat_messages.id', '=', (eb) => eb.selectFrom('llm_jobs').select('message_id').where('llm_jobs.id', '=', jobId))
    .executeTakeFirst();
  return row ? toMessageView(row) : null;
};
