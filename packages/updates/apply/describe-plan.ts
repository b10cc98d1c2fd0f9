import type { UpdatePlanView } from '#contracts';
import type { UpdatePlan } from './updater.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;
/** With less than this left, what people upload may not fit any more. */
const TIGHT_BYTES = 2e9;

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
const seconds = (ms: number): number => Math.ceil(ms / 1000);

interface Risk {
  en: string;
  de: string;
}

const risksOf = ({ bundle: { manifest, expires }, components, newMigrations, spaceBytes }: UpdatePlan, { freeBytes, now }: Now): Risk[] => {
  const changed = (type: string): string[] => components.filter((one) => one.type === type && one.before !== one.version).map(({ name }) => name);
  const wait = seconds(manifest.expected.downtimeMs);
  const risks: Risk[] = [
    {
      en: `Nobody is answered for about ${wait} s while the box starts again; questions that are under way are begun again by themselves.`,
      de: `Etwa ${wait} s lang antwortet die Box nicht, weil sie neu startet; laufende Fragen beginnen danach von selbst neu.`,
    },
  ];
  if (newMigrations === null || newMigrations > 0)
    risks.push({
      en: `The database’s schema changes${newMigrations === null ? '' : ` in ${newMigrations} ${newMigrations === 1 ? 'place' : 'places'}`}; nothing is removed. A way back weeks later leaves the newer schema, on which the release before runs.`,
      de: `Das Schema der Datenbank ändert sich${newMigrations === null ? '' : ` an ${newMigrations} ${newMigrations === 1 ? 'Stelle' : 'Stellen'}`}; nichts wird entfernt. Eine Rückkehr Wochen später behält das neuere Schema, auf dem auch die Version davor läuft.`,
    });
  const models = changed('model');
  if (models.length > 0)
    risks.push({
      en: `Models change (${models.join(', ')}), so answers may read otherwise. If the search finds less than before, the box returns.`,
      de: `Modelle ändern sich (${models.join(', ')}), Antworten können also anders klingen. Findet die Suche weniger als vorher, kehrt die Box zurück.`,
    });
  if (changed('database').length > 0)
    risks.push({
      en: 'The database server itself changes; a restore point of all of it is taken first.',
      de: 'Der Datenbankserver selbst ändert sich; zuvor wird ein Wiederherstellungspunkt von allem angelegt.',
    });
  if (freeBytes - spaceBytes < TIGHT_BYTES)
    risks.push({
      en: `Space is tight: it takes ${gigabytes(spaceBytes)} GB, and ${gigabytes(freeBytes)} GB are free.`,
      de: `Der Platz ist knapp: gebraucht werden ${gigabytes(spaceBytes)} GB, frei sind ${gigabytes(freeBytes)} GB.`,
    });
  if (Date.parse(expires) - now < SOON_MS)
    risks.push({
      en: `Its signature is good until ${expires.slice(0, 10)}; after that it is refused.`,
      de: `Die Signatur gilt bis ${expires.slice(0, 10)}; danach wird das Paket abgelehnt.`,
    });
  risks.push({
    en: 'If it does not start, if answers or the search get worse, or if the power goes, the box returns to the release before by itself.',
    de: 'Startet die neue Version nicht, werden Antworten oder Suche schlechter oder fällt der Strom aus, kehrt die Box von selbst zur Version davor zurück.',
  });
  return risks;
};

interface Now {
  freeBytes: number;
  /** Epoch milliseconds. */
  now: number;
}

/** A plan as people read it: from which release to which, what changes, how long, how much room, and what may go wrong. */
export const describePlan = (plan: UpdatePlan, at: Now): UpdatePlanView => {
  const { manifest, signedBy, expires, sha256 } = plan.bundle;
  const risks = risksOf(plan, at);
  return {
    from: plan.from,
    to: manifest.version,
    signedBy,
    expires,
    sha256,
    changes: manifest.changes,
    components: plan.components,
    newMigrations: plan.newMigrations,
    durationMs: manifest.expected.durationMs,
    downtimeMs: manifest.expected.downtimeMs,
    spaceBytes: plan.spaceBytes,
    freeBytes: at.freeBytes,
    risks: { en: risks.map(({ en }) => en), de: risks.map(({ de }) => de) },
  };
};
