import { sql } from 'kysely';
import { notify } from '#alerts';
import type { Tx } from '#db';

interface Change {
  /** As answers cite it. */
  readonly documentId: string;
  readonly filename: string;
  readonly reason: 'changed' | 'deleted';
  /** The document whose passages are said from now on: a cited passage that is among them, word for word, has not changed. */
  readonly nowSaidBy?: string;
}

interface Recalled {
  readonly user_id: number | null;
  readonly workspace_id: string;
  readonly conversation_id: string;
  readonly message_id: string;
}

/**
 * Notes every answer that cites a passage which is no longer said, and tells those who asked. In the transaction that changes
 * the document; before the change, while the cited passages are still where they were. Returns how many answers there are.
 */
export const recallAnswers = async (tx: Tx, { documentId, filename, reason, nowSaidBy }: Change): Promise<number> => {
  const { rows } = await sql<Recalled>`
    with recalled as (
      insert into answer_recalls (workspace_id, message_id, document_id, filename, passage_id, marker, reason)
      select m.workspace_id, m.id, ${documentId}::uuid, ${filename}, (s->>'passageId')::uuid, min((s->>'marker')::integer), ${reason}
      from chat_messages m cross join jsonb_array_elements(m.sources) s
      where m.sources @> jsonb_build_array(jsonb_build_object('documentId', ${documentId}::text)) and s->>'documentId' = ${documentId}
        and not exists (
          select from document_chunks cited join document_chunks said on said.content = cited.content
          where cited.id = (s->>'passageId')::uuid and said.document_id = ${nowSaidBy ?? null}::uuid)
      group by m.workspace_id, m.id, s->>'passageId'
      on conflict do nothing
      returning message_id
    )
    select distinct c.user_id, m.workspace_id, m.conversation_id, m.id as message_id
    from recalled r join chat_messages m on m.id = r.message_id join chat_conversations c on c.id = m.conversation_id
    where c.deleted_at is null`.execute(tx);
  for (const row of rows) {
    if (row.user_id === null) continue;
    await notify(tx, {
      topic: 'answer.recalled',
      severity: 'info',
      title:
        reason === 'changed'
          ? { en: `A source of an answer changed: “${filename}”`, de: `Eine Quelle einer Antwort hat sich geändert: „${filename}“` }
          : { en: `A source of an answer was deleted: “${filename}”`, de: `Eine Quelle einer Antwort wurde gelöscht: „${filename}“` },
      body: {
        en: 'Ask again if it matters; the answer shows which sentences are concerned.',
        de: 'Fragen Sie neu, wenn es wichtig ist; die Antwort zeigt, welche Sätze betroffen sind.',
      },
      link: `/chat/${row.conversation_id}`,
      userId: row.user_id,
      workspaceId: row.workspace_id,
      dedupeKey: `answer:${row.message_id}:${documentId}:${reason}:${new Date().toISOString().slice(0, 10)}`,
    });
  }
  return rows.length;
};
