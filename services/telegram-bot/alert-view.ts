import { createHash } from 'node:crypto';
import { duration, findSuggestedRepair, inLanguage, signOf, triesOf, type Language, type SuggestedRepair, type Try } from '#alerts';
import { escapeHtml } from '#clients';
import type { Db } from '#db';
import { fixupName } from '#healing';
import { sql } from 'kysely';
import type { IncidentRow } from './bot.repository.ts';
import { botWords } from './words.ts';

interface Button {
  text: string;
  callback_data: string;
}

/** What may be done about an incident, and what was tried last. */
export interface Standing {
  repair: SuggestedRepair | null;
  tried: Pick<Try, 'what' | 'outcome'> | null;
}

const isOver = ({ state }: IncidentRow): boolean => state === 'resolved' || state === 'merged';

/** How it stands with an incident beyond its own row. */
export const findStanding = async (db: Db, incident: IncidentRow): Promise<Standing> => {
  if (isOver(incident)) return { repair: null, tried: null };
  const { rows } = await sql<Try>`select * from (${triesOf(incident, new Date())}) tries order by what = 'service.start', at desc limit 1`.execute(db);
  return { repair: await findSuggestedRepair(db, incident), tried: rows[0] ?? null };
};

/** An incident as its message shows it, with what can be done now. */
export const toAlert = (incident: IncidentRow, { repair, tried }: Standing, language: Language, timeZone = 'UTC') => {
  const words = botWords[language];
  const { id, state, title, acknowledged_by: by, opened_at: opened, resolved_at: resolved, healed_by: healed } = incident;
  const over = isOver(incident);
  const since = new Intl.DateTimeFormat(language, { timeZone, day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).format(opened);
  const lasted = resolved === null ? '' : inLanguage(duration((resolved.getTime() - opened.getTime()) / 1000), language);
  const ended = words.overAfter(lasted, healed === null ? null : inLanguage(fixupName(healed), language));
  const standing = over ? ended : state === 'acknowledged' ? words.takenBy(by ?? '') : words.lasts;
  const sign = signOf({ topic: over ? 'incident.resolved' : 'incident.opened', severity: incident.severity });
  const lines = [
    `${sign} <b>${escapeHtml(inLanguage(title, language))}</b>`,
    `${words.since} ${since} · ${escapeHtml(standing)}`,
    ...(tried === null ? [] : [`🔧 ${escapeHtml(inLanguage(fixupName(tried.what), language))}: ${words.tried[tried.outcome]}`]),
  ];
  const text = lines.join('\n');
  const row: Button[] = [
    ...(state === 'open' ? [{ text: words.button.take, callback_data: `take:${id}` }] : []),
    { text: words.button.hour, callback_data: `hour:${id}` },
    { text: words.button.tomorrow, callback_data: `tomorrow:${id}` },
  ];
  const second: Button[] = [
    { text: words.button.details, callback_data: `details:${id}` },
    ...(repair === null ? [] : [{ text: `🔧 ${inLanguage(fixupName(repair.fixup), language)}`, callback_data: `repair:${id}` }]),
  ];
  const keyboard = over ? [] : [row, second];
  const shown = createHash('sha256')
    .update(`${text}\n${JSON.stringify(keyboard)}`)
    .digest('hex');
  return { text, keyboard: { inline_keyboard: keyboard }, shown };
};
