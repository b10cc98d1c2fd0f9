import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface PlannedProcess {
  name: string;
  services: readonly string[];
  /** Whether the box is of no use without it. */
  essential: boolean;
}

/** The dashboard first: its page is what a person waits for. */
const START_ORDER = ['dashboard-backend', 'metrics-collector', 'llm-queue', 'document-indexer'];
/** It holds gigabytes and native code: its crash must not be the others'. */
const ALWAYS_ALONE = ['model-runtime'];

/** Names of the services that were built into `distDir`. */
export const builtServices = (distDir: string): string[] =>
  readdirSync(join(distDir, 'services'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.slice(0, -'.js'.length));

/** Which processes run which services: light ones together, since a Node process costs 60-80 MB before it does anything; or, split, each alone. */
export const planProcesses = (services: readonly string[], { split }: { split: boolean }): PlannedProcess[] => {
  const rank = (name: string): number => (START_ORDER.includes(name) ? START_ORDER.indexOf(name) : START_ORDER.length);
  const together = services.filter((name) => !ALWAYS_ALONE.includes(name)).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const alone = services.filter((name) => ALWAYS_ALONE.includes(name)).map((name) => ({ name, services: [name], essential: false }));
  if (split) return [...together.map((name) => ({ name, services: [name], essential: name === 'dashboard-backend' })), ...alone];
  return together.length > 0 ? [{ name: 'core', services: together, essential: true }, ...alone] : alone;
};
