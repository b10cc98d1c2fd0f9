import type { BackupProgress, Manifest, Verification } from '#backup';
import { formatBytes } from '#clients';

export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;

export const countsLine = ({ counts }: Manifest): string =>
  `${counts.documents} documents, ${counts.conversations} conversations, ${counts.people} people, ${formatBytes(counts.bytes)}`;

const PHASES: Record<BackupProgress['phase'], string> = {
  database: 'the database',
  documents: 'documents',
  secrets: 'keys',
  models: 'models',
  finishing: 'finishing',
  checking: 'checking',
  asking: 'asking known questions',
};

/** Says a line at each tenth of the way. */
export const progressLines = (say: (line: string) => void) => {
  let told = 0;
  return ({ phase, doneBytes, totalBytes }: BackupProgress): void => {
    const tenths = totalBytes > 0 ? Math.floor((10 * doneBytes) / totalBytes) : 0;
    if (tenths <= told) return;
    told = tenths;
    say(`  ${tenths * 10} % (${PHASES[phase]}; ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)})`);
  };
};

export const verificationLines = ({ ok, contents, bytes, problems, damaged }: Verification, id: string): string[] =>
  ok
    ? [`Backup ${id} is whole: ${contents} pieces, ${formatBytes(bytes)}, every hash is right.`]
    : [`Backup ${id} is damaged: ${damaged} of ${contents} pieces.`, ...problems.map((problem) => `  ${problem}`)];
