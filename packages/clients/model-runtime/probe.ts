import { z } from 'zod';

export interface FoundRuntime {
  kind: string;
  url: string;
  models: string[];
}

/** Where local runtimes listen unless told otherwise. */
const WELL_KNOWN = [
  { kind: 'Ollama', port: 11434 },
  { kind: 'vLLM', port: 8000 },
  { kind: 'llama.cpp server', port: 8081 },
  { kind: 'llama.cpp server', port: 8080 },
  { kind: 'LM Studio', port: 1234 },
] as const;
/** Loopback answers within milliseconds, or nobody is there. */
const PROBE_TIMEOUT_MS = 400;

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The OpenAI-compatible runtimes of this machine that answer without a key. `skipPorts` are our own. */
export const findRuntimes = async ({ skipPorts = [] }: { skipPorts?: readonly number[] } = {}): Promise<FoundRuntime[]> => {
  const found = await Promise.all(
    WELL_KNOWN.filter(({ port }) => !skipPorts.includes(port)).map(({ kind, port }) => probeRuntime(kind, `http://127.0.0.1:${port}`)),
  );
  return found.filter((one) => one !== null);
};

/** The runtime at `url`, or null when nothing there speaks OpenAI's wire format. */
export const probeRuntime = async (kind: string, url: string): Promise<FoundRuntime | null> => {
  try {
    const response = await fetch(`${url}/v1/models`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!response.ok) {
      await response.body?.cancel();
      return null;
    }
    const { data } = modelList.parse(await response.json());
    return { kind, url, models: data.map(({ id }) => id) };
  } catch {
    return null; // refused, silent, or something else altogether
  }
};
