import type { ChannelPatch, ChannelView, DeliveryView, Severity, Words } from '#contracts';
import type { ChannelsRepository, ChannelValues } from './channels.repository.ts';

type ChannelRow = NonNullable<Awaited<ReturnType<ChannelsRepository['find']>>>;
type DeliveryRow = Awaited<ReturnType<ChannelsRepository['deliveries']>>[number];

const toClock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const toMinutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** The only door from row to JSON: a secret does not pass. */
export const toChannel = (row: ChannelRow): ChannelView => ({
  id: row.id,
  kind: row.kind as ChannelView['kind'],
  name: row.name,
  address: row.kind === 'telegram' ? '' : row.address,
  hasSecret: row.secret_encrypted !== null,
  user: row.uid !== null && row.username !== null ? { id: row.uid, username: row.username } : null,
  enabled: row.enabled,
  minSeverity: row.min_severity as Severity,
  topics: row.topics,
  quiet:
    row.quiet_from === null || row.quiet_until === null
      ? null
      : { from: toClock(row.quiet_from), until: toClock(row.quiet_until), letsCritical: row.quiet_lets_critical },
  timeZone: row.time_zone,
  language: row.language as ChannelView['language'],
  escalationStep: row.escalation_step,
  lastDeliveredAt: row.last_delivered_at?.toISOString() ?? null,
  lastError: row.last_error,
  waiting: row.waiting,
});

/** What a person prefers, as columns; what is left out stays. */
export const toValues = ({ name, enabled, minSeverity, topics, quiet, timeZone, language, escalationStep, address }: ChannelPatch): ChannelValues => ({
  ...(name !== undefined && { name }),
  ...(enabled !== undefined && { enabled }),
  ...(minSeverity !== undefined && { min_severity: minSeverity }),
  ...(topics !== undefined && { topics }),
  ...(quiet === null && { quiet_from: null, quiet_until: null }),
  ...(quiet && { quiet_from: toMinutes(quiet.from), quiet_until: toMinutes(quiet.until), quiet_lets_critical: quiet.letsCritical }),
  ...(timeZone !== undefined && { time_zone: timeZone }),
  ...(language !== undefined && { language }),
  ...(escalationStep !== undefined && { escalation_step: escalationStep }),
  ...(address !== undefined && { address }),
});

export const toDelivery = (row: DeliveryRow): DeliveryView => ({
  id: row.id,
  channel: { id: row.channel_id, name: row.name, kind: row.kind as ChannelView['kind'], username: row.username },
  topic: row.topic,
  severity: row.severity as Severity,
  title: row.title as unknown as Words,
  link: row.link,
  status: row.status as DeliveryView['status'],
  attempts: row.attempts,
  error: row.error,
  createdAt: row.created_at.toISOString(),
  dueAt: row.status === 'pending' ? row.due_at.toISOString() : null,
  deliveredAt: row.delivered_at?.toISOString() ?? null,
});
