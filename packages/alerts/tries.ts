import { sql, type RawBuilder } from 'kysely';

/** What was tried while an incident lasted. */
export interface Try {
  at: Date;
  finished_at: Date | null;
  what: string;
  subject: string;
  outcome: 'waits' | 'runs' | 'worked' | 'failed' | 'refused';
  reason: string | null;
  by: string | null;
}

/** Which of self-healing's checks look at the part that an incident is about, by the beginnings of their names. */
const checksOf: Readonly<Record<string, readonly string[]>> = {
  service: ['process.', 'readiness.', 'launcher.', 'event_loop.'],
  memory: ['memory.', 'gpu.out_of_memory'],
  disk: ['disk.'],
  gpu: ['gpu.'],
  temperature: ['temperature.'],
  queue: ['queue.', 'model.'],
  documents: ['index.'],
  metrics: ['process.', 'readiness.'],
  cpu: ['event_loop.'],
};

/** Whether an issue that self-healing found is about the part of an incident. */
export const isAbout = (incident: Pick<Incident, 'cause' | 'device'>, { checkId, subject }: { checkId: string; subject: string }): boolean => {
  const part = incident.cause.split(':')[0] ?? incident.cause;
  if (part === 'healing') return incident.device === (subject === '' ? checkId : `${checkId} ${subject}`);
  return (checksOf[part] ?? []).some((beginning) => checkId.startsWith(beginning)) && (part !== 'service' || subject === incident.device);
};

interface Incident {
  /** The cause with its device. */
  cause: string;
  device: string;
  opened_at: Date;
}

/**
 * A query for what was tried against an incident from a minute before it was seen until `until`: repairs of issues of that very part, and starts of a
 * service by its supervisor. A repair of anything else at that time healed something else.
 */
export const triesOf = ({ cause, device, opened_at: opened }: Incident, until: Date): RawBuilder<Try> => {
  const part = cause.split(':')[0] ?? cause;
  const patterns = (checksOf[part] ?? []).map((beginning) => `${beginning}%`);
  const from = new Date(opened.getTime() - 60_000);
  return sql<Try>`
    select coalesce(r.started_at, r.created_at) as at, r.finished_at, r.fixup as what, r.subject,
      case r.status when 'waiting' then 'waits' when 'requested' then 'waits' when 'running' then 'runs' when 'proven' then 'worked'
        when 'failed' then 'failed' else 'refused' end as outcome, r.reason, r.asked_by as by
    from healing_repairs r join healing_issues i on i.id = r.issue_id
    where r.created_at <= ${until} and coalesce(r.finished_at, ${until}) >= ${from} and case ${part}::text
      when 'healing' then ${device}::text = i.check_id || case when i.subject = '' then '' else ' ' || i.subject end
      when 'service' then i.check_id like any(${patterns}::text[]) and ${device}::text in (i.subject, r.subject, '')
      else i.check_id like any(${patterns}::text[]) end
    union all
    select detected_at, ready_at, 'service.start', service_name,
      case when success then 'worked' when success is null then 'runs' else 'failed' end, reason, initiated_by
    from service_restarts where ${part}::text = 'service' and service_name = ${device}
      and detected_at <= ${until} and coalesce(ready_at, ${until}) >= ${from}`;
};
