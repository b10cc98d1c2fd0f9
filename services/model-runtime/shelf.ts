import { existsSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit';
import type { CatalogueEntry } from './catalogue/catalogue.ts';
import type { ChatModelSpec } from './chat/engine.ts';
import type { EmbedModelSpec, RerankModelSpec } from './embed/model.ts';
import type { ReadyModel } from './server/handlers.ts';

export type Place = 'models folder' | 'data folder';

export interface Stocked {
  entry: CatalogueEntry;
  folder: string;
  place: Place;
}

interface Needs {
  catalogue: readonly CatalogueEntry[];
  /** Looked into in this order; a model in an earlier one hides the same in a later one. Each holds `<id>/...`. */
  folders: readonly { path: string; place: Place }[];
}

/** Which models are on disk and which are in use: what the serving half asks. Files are used where they lie. */
export const createShelf = ({ catalogue, folders }: Needs) => {
  let stock = new Map<string, Stocked>();
  let active = new Map<CatalogueEntry['purpose'], string>();

  const get = (purpose: CatalogueEntry['purpose'], id: string | undefined): Stocked => {
    const wanted = id ?? active.get(purpose);
    const found = wanted === undefined ? undefined : stock.get(wanted);
    if (found?.entry.purpose === purpose) return found;
    const known = catalogue.find((entry) => entry.id === wanted && entry.purpose === purpose);
    if (wanted !== undefined && !known)
      throw new AppError('model_unknown', { message: `There is no ${purpose} model called ${wanted}. See Models for those there are.` });
    const what = known ? `${known.name} is not on this machine yet` : `There is no ${purpose} model on this machine yet`;
    throw new AppError('model_not_ready', { message: `${what}; Models shows how far its download is.`, retryAfterMs: 10_000 });
  };

  return {
    /** Looks at the folders again. */
    async scan(): Promise<ReadonlyMap<string, Stocked>> {
      const next = new Map<string, Stocked>();
      for (const { path, place } of folders) {
        for (const id of await foldersIn(path)) {
          if (next.has(id)) continue;
          const folder = join(path, id);
          const known = catalogue.find((entry) => entry.id === id);
          const entry = known ? ((await isComplete(folder, known)) ? known : null) : await describeUnknown(id, folder);
          if (entry) next.set(id, { entry, folder, place });
        }
      }
      stock = next;
      return stock;
    },
    stock: (): ReadonlyMap<string, Stocked> => stock,
    /** The model of each purpose that answers when none is named. It need not be there yet. */
    setActive(ids: ReadonlyMap<CatalogueEntry['purpose'], string>): void {
      active = new Map(ids);
    },
    readyModels: (): ReadyModel[] =>
      [...stock.values()].map(({ entry }) => ({
        id: entry.id,
        purpose: entry.purpose,
        contextTokens: entry.contextTokens,
        active: active.get(entry.purpose) === entry.id,
        digest: entry.files[0]?.sha256 ?? null,
      })),
    chatSpec(id?: string): ChatModelSpec {
      const { entry, folder } = get('chat', id);
      return { id: entry.id, path: join(folder, entry.files[0]!.path), contextTokens: entry.contextTokens, templateVariables: entry.templateVariables };
    },
    embedSpec(id?: string): EmbedModelSpec {
      const { entry, folder } = get('embed', id);
      return { id: entry.id, folder, pooling: entry.embedding?.pooling ?? 'mean', maxTokens: entry.contextTokens, prefixes: entry.embedding?.prefixes };
    },
    rerankSpec(id?: string): RerankModelSpec {
      const { entry, folder } = get('rerank', id);
      return { id: entry.id, folder, maxTokens: entry.contextTokens };
    },
  };
};

export type ModelShelf = ReturnType<typeof createShelf>;

const foldersIn = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.')).map(({ name }) => name);
};

/** All files there, and of the right size: a copy that was cut short is no model. Digests were checked when the files came. */
const isComplete = async (folder: string, entry: CatalogueEntry): Promise<boolean> => {
  for (const { path, sizeBytes } of entry.files) {
    const size = await stat(join(folder, path)).then(
      (found) => found.size,
      () => null,
    );
    if (size === null || (sizeBytes !== null && size !== sizeBytes)) return false;
  }
  return true;
};

/** Window of a chat model that somebody brought: its own may be larger than the memory. */
const BROUGHT_CONTEXT_TOKENS = 8_192;

/** A model that is not in the catalogue but was put into a folder: one GGUF file, or an ONNX export with its tokenizer. */
const describeUnknown = async (id: string, folder: string): Promise<CatalogueEntry | null> => {
  const base = { id, name: id, rank: 0, description: 'Put here by hand.', licence: 'unknown', languages: [], sources: [] };
  const file = async (path: string) => ({ path, sizeBytes: (await stat(join(folder, path))).size, sha256: null, verify: 'hub' as const });
  const gguf = (await readdir(folder)).filter((name) => name.endsWith('.gguf') && !name.startsWith('mmproj')).sort()[0];
  if (gguf) {
    const weights = await file(gguf);
    return {
      ...base,
      purpose: 'chat',
      contextTokens: BROUGHT_CONTEXT_TOKENS,
      sizeBytes: weights.sizeBytes,
      memoryBytes: Math.round(weights.sizeBytes * 1.4),
      files: [weights],
    };
  }
  const needed = ['onnx/model_quantized.onnx', 'tokenizer.json', 'config.json'];
  if (!needed.every((path) => existsSync(join(folder, path)))) return null;
  const files = await Promise.all(needed.map(file));
  const sizeBytes = files.reduce((sum, { sizeBytes: bytes }) => sum + bytes, 0);
  if (isCrossEncoder(folder)) return { ...base, purpose: 'rerank', contextTokens: 512, sizeBytes, memoryBytes: sizeBytes * 3, files };
  return { ...base, purpose: 'embed', contextTokens: 512, sizeBytes, memoryBytes: sizeBytes * 3, embedding: { pooling: poolingOf(folder) }, files };
};

/** Whether its configuration calls it a classifier of one value, as models that rerank are. */
const isCrossEncoder = (folder: string): boolean => {
  const { architectures = [], id2label = {} } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
    architectures?: string[];
    id2label?: Record<string, string>;
  };
  return architectures.some((name) => name.endsWith('ForSequenceClassification')) && Object.keys(id2label).length <= 1;
};

/** What sentence-transformers wrote down about the pooling, if it is there. */
const poolingOf = (folder: string): 'mean' | 'cls' => {
  const path = join(folder, '1_Pooling/config.json');
  if (!existsSync(path)) return 'mean';
  const config = JSON.parse(readFileSync(path, 'utf8')) as { pooling_mode_cls_token?: boolean };
  return config.pooling_mode_cls_token ? 'cls' : 'mean';
};
