import { existsSync, readFileSync } from 'node:fs';
import type { ReleaseManifest } from '#contracts';

/** The list of changes in words: the points below “# English” and “# Deutsch” of a Markdown file. */
export const readChanges = (file: string): ReleaseManifest['changes'] => {
  const changes: ReleaseManifest['changes'] = { en: [], de: [] };
  if (!existsSync(file)) throw new Error(`There is no list of changes (${file}). Write one: people read it before they agree to the update.`);
  let language: 'en' | 'de' | null = null;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const title = /^#+\s*(English|Deutsch)/.exec(line)?.[1];
    if (title) language = title === 'English' ? 'en' : 'de';
    const point = /^[-*]\s+(.+)$/.exec(line)?.[1];
    if (point && language) changes[language].push(point.trim());
  }
  if (changes.en.length === 0 || changes.de.length === 0) throw new Error(`${file} needs points below “# English” and “# Deutsch”.`);
  return changes;
};
