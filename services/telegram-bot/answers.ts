import { findSuggestedRepair, inLanguage, quietUntil } from '#alerts';
import { escapeHtml } from '#clients';
import { alertSignals, type SignalName } from '#contracts';
import type { Database, Tx } from '#db';
import { fixupName, listOpenIssues, requestRepair } from '#healing';
import { isAppError, newId } from '#kit';
import { findStanding, toAlert } from './alert-view.ts';
import { botRepository, type BotPerson, type IncidentRow } from './bot.repository.ts';
import { drawChart } from './chart.ts';
import { botWords } from './words.ts';

/** What the bot says back. HTML. */
export interface Reply {
  text: string;
  keyboard?: { inline_keyboard: { text: string; callback_data: string }[][] };
  picture?: Buffer | null;
}

const HOUR_MS = 3_600_000;
/** "Tomorrow" is eight in the morning. */
const MORNING = 8 * 60;
const mayAct = ({ role }: BotPerson): boolean => role === 'admin' || role === 'owner';

const clockOf = (until: Date, { language, timeZone }: BotPerson): string =>
  new Intl.DateTimeFormat(language, { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(until);

const dayOf = (at: Date, { language, timeZone }: BotPerson): string =>
  new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at);

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  now: () => number;
}

/** What commands and buttons do, for a person who is known. */
export const createAnswers = ({ database, now }: Needs) => {
  const { db } = database;

  const chartOf = async (metrics: readonly { metric: string; device: string | null; name: string }[], unit: string, who: BotPerson): Promise<Buffer | null> => {
    const colors = ['#2f6fed', '#d9480f'];
    const lines = await Promise.all(
      metrics.map(async ({ metric, device, name }, index) => ({ name, color: colors[index]!, points: await botRepository.series(db, metric, device) })),
    );
    return drawChart(lines, { unit, timeZone: who.timeZone });
  };

  const wrong = async (who: BotPerson): Promise<string> => {
    const words = botWords[who.language];
    const open = await botRepository.openIncidents(db, who.workspaceId);
    if (open.length === 0) return `✅ ${words.well}`;
    const shown: string[] = [];
    for (const incident of open) shown.push(toAlert(incident, await findStanding(db, incident), who.language, who.timeZone).text);
    return shown.join('\n\n');
  };

  const commands: Record<string, (who: BotPerson) => Promise<Reply>> = {
    async status(who) {
      const words = botWords[who.language];
      const { waiting, running, ready, open, failed } = await botRepository.counts(db);
      const text = [await wrong(who), words.queue(waiting, running), words.documents(ready, open, failed)].join('\n\n');
      const picture = await chartOf(
        [
          { metric: 'cpu', device: null, name: 'CPU' },
          { metric: 'ram', device: null, name: 'RAM' },
        ],
        '%',
        who,
      );
      return { text, picture };
    },
    alerts: async (who) => ({ text: await wrong(who) }),
    async queue(who) {
      const { waiting, running } = await botRepository.counts(db);
      return { text: botWords[who.language].queue(waiting, running) };
    },
    async silence(who) {
      const words = botWords[who.language];
      if (!mayAct(who)) return { text: words.notAllowed };
      const until = new Date(now() + HOUR_MS);
      await database.inTransaction((tx) => silence(tx, '*', until, who));
      return { text: words.silencedAll(clockOf(until, who)) };
    },
    async heal(who) {
      const words = botWords[who.language];
      const issues = await listOpenIssues(db);
      if (issues.length === 0) return { text: words.nothingToHeal };
      const buttons: { text: string; callback_data: string }[][] = [];
      for (const incident of await botRepository.openIncidents(db, who.workspaceId)) {
        const repair = await findSuggestedRepair(db, incident);
        const name = repair && inLanguage(fixupName(repair.fixup), who.language);
        if (repair) buttons.push([{ text: `${name}: ${incident.device}`.slice(0, 60), callback_data: `repair:${incident.id}` }]);
      }
      return { text: issues.map(({ description }) => `• ${escapeHtml(description)}`).join('\n'), keyboard: { inline_keyboard: mayAct(who) ? buttons : [] } };
    },
    async documents(who) {
      const words = botWords[who.language];
      const own = await botRepository.ownDocuments(db, who);
      if (own.length === 0) return { text: words.noDocuments };
      return { text: own.map(({ filename, status }) => `• ${escapeHtml(filename)} – ${words.state[status] ?? status}`).join('\n') };
    },
    async backup(who) {
      const words = botWords[who.language];
      if (!mayAct(who)) return { text: words.notAllowed };
      const { target, good, state, at } = await botRepository.backups(db);
      if (target === null) return { text: words.backup.none };
      const lines = [
        good === null ? words.backup.noGood : words.backup.good(dayOf(good, who)),
        ...(state === null || at === null ? [] : [words.backup.last(words.backup.runs[state] ?? state, dayOf(at, who))]),
      ];
      return { text: lines.join('\n'), keyboard: { inline_keyboard: [[{ text: words.backup.begin, callback_data: 'backup:ask' }]] } };
    },
    help(who) {
      const { commands: known } = botWords[who.language];
      const lines = Object.entries(known).map(([name, does]) => `/${name} – ${escapeHtml(does)}`);
      return Promise.resolve({ text: lines.join('\n') });
    },
  };

  const silence = async (tx: Tx, target: string, until: Date, who: BotPerson): Promise<void> => {
    await botRepository.silence(tx, target, until, who);
    await botRepository.audit(tx, who, 'silence.created', target);
    await botRepository.changed(tx, 'silences');
  };

  const buttons: Record<string, (tx: Tx, incident: IncidentRow, who: BotPerson) => Promise<{ toast: string; reply?: Reply }>> = {
    async take(tx, { id, cause }, who) {
      const words = botWords[who.language];
      if (!(await botRepository.acknowledge(tx, id, who.username))) return { toast: words.over };
      await botRepository.audit(tx, who, 'incident.acknowledged', cause);
      await botRepository.changed(tx, 'incident');
      return { toast: words.taken };
    },
    async hour(tx, { cause }, who) {
      const until = new Date(now() + HOUR_MS);
      await silence(tx, cause, until, who);
      return { toast: botWords[who.language].silenced(clockOf(until, who)) };
    },
    async tomorrow(tx, { cause }, who) {
      const until = new Date(quietUntil({ from: MORNING + 1, until: MORNING, timeZone: who.timeZone }, now()) ?? now() + 24 * HOUR_MS);
      await silence(tx, cause, until, who);
      return { toast: botWords[who.language].silenced(clockOf(until, who)) };
    },
    async repair(tx, incident, who) {
      const words = botWords[who.language];
      const repair = await findSuggestedRepair(tx, incident);
      if (!repair) return { toast: words.noRepair };
      const keyboard = { inline_keyboard: [[{ text: words.button.sure, callback_data: `sure:${incident.id}` }]] };
      return { toast: '', reply: { text: escapeHtml(words.sure(inLanguage(repair.words, who.language))), keyboard } };
    },
    async sure(tx, incident, who) {
      const words = botWords[who.language];
      const repair = await findSuggestedRepair(tx, incident);
      if (!repair) return { toast: words.noRepair };
      try {
        await requestRepair(tx, { issueId: repair.issueId, suggestion: repair.fixup, by: who.username });
      } catch (error) {
        if (isAppError(error)) return { toast: words.noRepair };
        throw error;
      }
      await botRepository.audit(tx, who, 'repair.requested', repair.fixup);
      await botRepository.wakeHealing(tx);
      return { toast: words.repairing };
    },
  };

  /** A backup is asked for twice by the same person: by the button, and by the one under the question. */
  const pressBackup = async (key: string, step: string, who: BotPerson): Promise<{ toast: string; reply?: Reply }> => {
    const words = botWords[who.language];
    if (!mayAct(who)) return { toast: words.notAllowed };
    if (step === 'ask') {
      return { toast: '', reply: { text: words.backup.sure, keyboard: { inline_keyboard: [[{ text: words.backup.yes, callback_data: 'backup:sure' }]] } } };
    }
    if (step !== 'sure') return { toast: words.unknown };
    return database.inTransaction(async (tx) => {
      if (!(await botRepository.once(tx, key))) return { toast: '' };
      const { target } = await botRepository.backups(tx);
      if (target === null) return { toast: words.backup.none };
      await botRepository.requestBackup(tx, newId(), target, who.username);
      await botRepository.audit(tx, who, 'backup_run.requested', 'backup');
      return { toast: words.backup.begun };
    });
  };

  return {
    /** The answer to a command; undefined for one that is not known. */
    command: (name: string, who: BotPerson): Promise<Reply> | undefined => (Object.hasOwn(commands, name) ? commands[name]!(who) : undefined),

    /** What a button does, once: `key` names the press. */
    async press(key: string, data: string, who: BotPerson): Promise<{ toast: string; reply?: Reply }> {
      const words = botWords[who.language];
      const [what = '', id = ''] = data.split(':');
      if (what === 'backup') return pressBackup(key, id, who);
      const incident = /^[0-9a-f-]{36}$/.test(id) ? await botRepository.findIncident(db, id) : undefined;
      if (!incident) return { toast: words.over };
      if (what === 'details') {
        const metric = incident.signal?.startsWith('metric.') ? incident.signal.slice('metric.'.length) : null;
        const unit = incident.signal === null ? '' : alertSignals[incident.signal as SignalName].unit;
        const name = inLanguage(incident.title, who.language);
        const picture = metric === null ? null : await chartOf([{ metric, device: incident.device, name }], unit, who);
        return { toast: '', reply: { text: toAlert(incident, await findStanding(db, incident), who.language, who.timeZone).text, picture } };
      }
      if (!Object.hasOwn(buttons, what)) return { toast: words.unknown };
      if (!mayAct(who)) return { toast: words.notAllowed };
      return database.inTransaction(async (tx) => {
        if (!(await botRepository.once(tx, key))) return { toast: '' };
        return buttons[what]!(tx, incident, who);
      });
    },
  };
};
export type Answers = ReturnType<typeof createAnswers>;
