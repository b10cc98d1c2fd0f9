import type { CatalogueEntry } from './catalogue/catalogue.ts';
import { recommend, whyNot, type Machine } from './catalogue/machine.ts';
import { WANTED, type ModelRow } from './models.repository.ts';

type Purpose = CatalogueEntry['purpose'];
type Row = Pick<ModelRow, 'id' | 'purpose' | 'state' | 'active'>;

/** The model of each purpose that answers now: the chosen one once it is ready; until then, or without a choice, the best that is ready. */
export const effectiveModels = (rows: readonly Row[], catalogue: readonly CatalogueEntry[]): Map<Purpose, string> => {
  const rankOf = ({ id }: Row) => catalogue.find((entry) => entry.id === id)?.rank ?? 0;
  const effective = new Map<Purpose, string>();
  for (const purpose of ['chat', 'embed', 'rerank'] as const) {
    const ready = rows.filter((row) => row.purpose === purpose && row.state === 'ready').sort((a, b) => rankOf(b) - rankOf(a));
    const chosen = ready.find(({ active }) => active) ?? ready[0];
    if (chosen) effective.set(purpose, chosen.id);
  }
  return effective;
};

interface Question {
  purpose: Purpose;
  rows: readonly Row[];
  catalogue: readonly CatalogueEntry[];
  machine: Machine;
  isHubReachable: () => Promise<boolean>;
}

/**
 * The model to fetch without being asked, or null: when none of the purpose is there or on its way, and nobody decided otherwise (a chosen
 * model whose download was cancelled stays that way). The best for this machine whose source answers; one that failed makes way for the next.
 */
export const missingDefault = async ({ purpose, rows, catalogue, machine, isHubReachable }: Question): Promise<string | null> => {
  const ofPurpose = rows.filter((row) => row.purpose === purpose);
  if (ofPurpose.some(({ state }) => state === 'ready' || WANTED.some((one) => one === state))) return null;
  if (ofPurpose.some(({ active, state }) => active && state === 'available')) return null;
  const failed = new Set(ofPurpose.filter(({ state }) => state === 'failed').map(({ id }) => id));
  const candidates = catalogue.filter((entry) => entry.purpose === purpose && !failed.has(entry.id) && whyNot(entry, machine) === null);
  if (candidates.length === 0) return null;
  const hasHub = await isHubReachable();
  const reachable = candidates.filter(({ sources }) => sources.some(({ type }) => type === 'pip' || hasHub));
  return recommend(reachable, machine)?.id ?? null;
};
