import { getLlama, InsufficientMemoryError, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { AppError, errorText, type Logger } from '#kit';
import { mayHaveGpu } from '../catalogue/machine.ts';
import { createGenerator, type Generator } from './generator.ts';
import { chatMl, createPromptTemplate } from './prompt.ts';
import type { SpareCores } from './spare-cores.ts';

export interface ChatModelSpec {
  id: string;
  path: string;
  /** Size of the context window: the same for every load and request. */
  contextTokens: number;
  templateVariables?: Record<string, unknown>;
}

export interface LoadedChatModel extends Generator {
  id: string;
  contextTokens: number;
  /** Estimate of what it holds, weights and context. */
  memory: { ramBytes: number; vramBytes: number };
  /** Of that, what unloading gives to others: weights read from a file into the system's memory count as free already. */
  gives: { ramBytes: number; gpuBytes: number };
  unload(): Promise<void>;
}

export interface ChatEngine {
  /** `cuda`, `vulkan`, `metal` or `cpu`; null until the first load. */
  device(): string | null;
  /** Errors: `model_too_large`, `model_not_ready` (the file cannot be read as a model). */
  load(spec: ChatModelSpec): Promise<LoadedChatModel>;
  /** Ends a load that is under way, which may take minutes, and refuses further ones. */
  stopLoading(): void;
  close(): Promise<void>;
}

/** On a GPU a batch is an instant. On a CPU it is what a stop has to wait for, so the generator feeds less at a time. */
const BATCH_TOKENS = 512;

/** Chat models in llama.cpp, on the best device that the shipped binaries find; nothing is ever built or downloaded for it. */
export const createChatEngine = ({ log, spareCores }: { log: Logger; spareCores: SpareCores }): ChatEngine => {
  let opening: Promise<Llama> | undefined;
  let device: string | null = null;
  const stopping = new AbortController();

  const open = (): Promise<Llama> => {
    opening ??= getLlama({
      // Trying each GPU's driver takes a process and about a second per kind: only where there may be one.
      gpu: mayHaveGpu() ? 'auto' : false,
      build: 'never',
      // Its own least is four, also where there are two cores.
      maxThreads: spareCores.cores,
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.warn,
      logger: (level, message) => log.debug({ level }, message.trim()),
    }).then((llama) => {
      device = llama.gpu || 'cpu';
      return llama;
    });
    opening.catch(() => (opening = undefined));
    return opening;
  };

  return {
    device: () => device,
    async load(spec) {
      try {
        stopping.signal.throwIfAborted();
        const llama = await open();
        const model = await llama.loadModel({ modelPath: spec.path, loadSignal: stopping.signal });
        const context = await model.createContext({
          sequences: 1,
          // Never less where memory is short: what is answered must not depend on what else the machine does. Admission has asked before.
          contextSize: Math.min(spec.contextTokens, model.trainContextSize),
          batchSize: BATCH_TOKENS,
          threads: { ideal: spareCores.cores, min: 1 },
          createSignal: stopping.signal,
        });
        const template = createPromptTemplate({
          source: model.fileInfo.metadata.tokenizer?.chat_template ?? chatMl,
          bos: model.tokens.bosString ?? '',
          eos: model.tokens.eosString ?? '',
          variables: spec.templateVariables,
        });
        const { ram, vram } = context.memoryUsage;
        return {
          ...createGenerator({ model, context, template, spareCores }),
          id: spec.id,
          contextTokens: context.contextSize,
          memory: { ramBytes: ram + (llama.gpu ? 0 : model.size), vramBytes: vram + (llama.gpu ? model.size : 0) },
          gives: { ramBytes: ram, gpuBytes: vram + (llama.gpu ? model.size : 0) },
          unload: () => model.dispose(),
        };
      } catch (cause) {
        if (stopping.signal.aborted) throw new AppError('model_away', { message: 'The model runtime is stopping.', cause, retryAfterMs: 2_000 });
        if (cause instanceof InsufficientMemoryError) {
          throw new AppError('model_too_large', {
            message: `There is not enough free memory for ${spec.id} now. Close something, or choose a smaller model under Models.`,
            cause,
          });
        }
        throw new AppError('model_not_ready', {
          message: `${spec.id} could not be loaded from ${spec.path} (${errorText(cause)}). Remove it under Models and download it again.`,
          cause,
        });
      }
    },
    stopLoading() {
      stopping.abort(new Error('The model runtime is stopping.'));
    },
    async close() {
      await (await opening)?.dispose();
    },
  };
};
