import { createHash } from 'node:crypto';
import { inLanguage, signOf, type Language } from '#alerts';
import { escapeHtml } from '#clients';
import type { IncidentRow } from './bot.repository.ts';
import { botWords } from './words.ts';

interface Button {
  text: string;
  callback_data: string;
}

/** An incident as its message shows it, with what can be done now. */
export const toAlert = (incident: IncidentRow, language: Language, timeZone = 'UTC') => {
  const words = botWords[language];
  const { id, state, title, acknowledged_by: by, opened_at: opened, healed_by: healed } = incident;
  const over = state === 'resolved' || state === 'merged';
  const since = new Intl.DateTimeFormat(language, { timeZone, day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).format(opened);
  const standing = over ? `${words.overAfter}${healed === null ? '' : ` (${healed})`}` : state === 'acknowledged' ? words.takenBy(by ?? '') : words.lasts;
  const sign = signOf({ topic: over ? 'incident.resolved' : 'incident.opened', severity: incident.severity });
  const text = `${sign} <b>${escapeHtml(inLanguage(title, language))}</b>\n${words.since} ${since} · ${escapeHtml(standing)}`;
  const row: Button[] = [
    ...(state === 'open' ? [{ text: words.button.take, callback_data: `take:${id}` }] : []),
    { text: words.button.hour, callback_data: `hour:${id}` },
    { text: words.button.tomorrow, callback_data: `tomorrow:${id}` },
  ];
  const second: Button[] = [
    { text: words.button.details, callback_data: `details:${id}` },
    ...(incident.signal === 'healing.issue' ? [{ text: words.button.repair, callback_data: `repair:${id}` }] : []),
  ];
  const keyboard = over ? [] : [row, second];
  const shown = createHash('sha256')
    .update(`${text}\n${JSON.stringify(keyboard)}`)
    .digest('hex');
  return { text, keyboard: { inline_keyboard: keyboard }, shown };
};
