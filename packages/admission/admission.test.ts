import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { admit, createMachineProbe, kvBytesPerToken, type Candidate, type MemoryNow } from './index.ts';
import { memoryNeed } from './need.ts';
import { parseApps, parseCards } from './nvidia.ts';
import { withinCgroup } from './meminfo.ts';
import { isLeftBehind, modelProgram } from './model-processes.ts';

/** Qwen3 8B, by the header of its file. */
const qwen: Candidate = {
  id: 'qwen3-8b',
  name: 'Qwen3 8B',
  weightsBytes: 5.03e9,
  contextTokens: 8_192,
  memoryBytes: 6.9e9,
  kvBytesPerToken: kvBytesPerToken({ layers: 36, embeddingLength: 4_096, heads: 32, kvHeads: 8, keyLength: 128, valueLength: 128 }),
};
const ram = (totalBytes: number, availableBytes: number): MemoryNow => ({ ram: { totalBytes, availableBytes }, gpu: null, isUnified: false, holders: [] });

const made: string[] = [];
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A machine's files as they were recorded. */
const machine = async (files: Record<string, string>): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'arasul-machine-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
};
const process = (pid: number, commandLine: string, { parent = 1, residentMib = 4_096, cgroup = '0::/user.slice/session-3.scope\n' } = {}) => ({
  [`proc/${pid}/stat`]: `${pid} (a (strange) name) S ${parent} ${pid} ${pid} 0 -1 4194560`,
  [`proc/${pid}/statm`]: `9000000 ${residentMib * 256} 2000 100 0 8000 0`,
  [`proc/${pid}/cmdline`]: commandLine.replaceAll(' ', '\0'),
  [`proc/${pid}/cgroup`]: cgroup,
});

describe('M10 admission', () => {
  test('M10: what a model needs is its weights, its context and a margin', () => {
    expect(qwen.kvBytesPerToken).toBe(147_456);
    const need = memoryNeed(qwen);
    expect(need.contextBytes).toBe(147_456 * 8_192);
    expect(need.totalBytes).toBe(need.weightsBytes + need.contextBytes + need.workBytes + need.safetyBytes);
    expect(need.totalBytes / 1e9).toBeCloseTo(6.87, 1);
    // Without its file the catalogue's figure stands.
    expect(memoryNeed({ ...qwen, kvBytesPerToken: null }).totalBytes).toBeGreaterThan(qwen.memoryBytes);
    // Twice the window, twice the context, and nothing else.
    expect(memoryNeed({ ...qwen, contextTokens: 16_384 }).contextBytes).toBe(2 * need.contextBytes);
  });

  test('M10: what can never fit is refused with the numbers', () => {
    const refused = admit(qwen, ram(6e9, 5e9), []);
    expect(refused).toMatchObject({ verdict: 'never', admitted: false });
    expect(refused.message).toBe(
      'Qwen3 8B needs 6.9 GB of memory (weights 5.0 GB, a context of 8192 tokens 1.2 GB, work and safety 0.6 GB); this machine has 6.0 GB of memory, so it can never run here. Choose a smaller model under Models.',
    );
  });

  test('M10: what fits once a model of ours has left is admitted, and switches', () => {
    const before = admit(qwen, ram(16e9, 5e9), []);
    expect(before).toMatchObject({ verdict: 'taken', admitted: false });
    const after = admit(qwen, ram(16e9, 5e9), [{ id: 'qwen3-4b', ramBytes: 0, gpuBytes: 3e9 }]);
    expect(after).toMatchObject({ verdict: 'switch', admitted: true, freeableBytes: 3e9 });
    expect(admit(qwen, ram(16e9, 1e9), [{ id: 'qwen3-8b', ramBytes: 1e9, gpuBytes: 0 }])).toMatchObject({ verdict: 'loaded', admitted: true });
    expect(admit(qwen, ram(16e9, 9e9), [])).toMatchObject({ verdict: 'fits', admitted: true });
  });

  test('M10: other programs’ memory counts, and they are named', () => {
    const taken: MemoryNow = {
      ram: { totalBytes: 8e9, availableBytes: 2e9 },
      gpu: { totalBytes: 24e9, availableBytes: 1e9 },
      isUnified: false,
      holders: [{ pid: 4242, name: 'vllm', bytes: 21e9, isOrphan: true }],
    };
    const refused = admit(qwen, taken, []);
    expect(refused).toMatchObject({ verdict: 'taken', admitted: false });
    expect(refused.message).toContain('of which 3.0 GB are free');
    expect(refused.message).toContain('vllm (process 4242, left behind by a program that ended) holds 21.0 GB.');
    expect(admit(qwen, { ...taken, gpu: { totalBytes: 24e9, availableBytes: 22e9 } }, []).verdict).toBe('fits');
  });
});

describe('M10 probes, on recorded output', () => {
  const MEMINFO = 'MemTotal:       31268312 kB\nMemFree:         1203344 kB\nMemAvailable:   24112208 kB\n';

  test('M10: a machine’s memory is what the kernel says that a program can get', async () => {
    const root = await machine({
      'proc/meminfo': MEMINFO,
      ...process(812, '/opt/ollama/bin/ollama runner --model x', { cgroup: '0::/system.slice/ollama.service\n' }),
    });
    expect(await createMachineProbe({ root }).read(new Set())).toEqual({
      ram: { totalBytes: 31_268_312 * 1024, availableBytes: 24_112_208 * 1024 },
      gpu: null,
      isUnified: false,
      holders: [{ pid: 812, name: 'ollama', bytes: 4_096 * 2 ** 20, isOrphan: false }],
    });
  });

  test('M10: a container has what its control group lets it have, less what it uses', async () => {
    const files = { 'proc/meminfo': MEMINFO, 'proc/self/cgroup': '0::/kubepods/pod1\n' };
    const group = {
      'sys/fs/cgroup/kubepods/pod1/memory.max': `${8 * 2 ** 30}\n`,
      'sys/fs/cgroup/kubepods/pod1/memory.current': `${5 * 2 ** 30}\n`,
      'sys/fs/cgroup/kubepods/pod1/memory.stat': `anon 1\ninactive_file ${2 ** 30}\n`,
      'sys/fs/cgroup/kubepods/memory.max': 'max\n',
    };
    const { ram: pool } = await createMachineProbe({ root: await machine({ ...files, ...group }) }).read(new Set());
    expect(pool).toEqual({ totalBytes: 8 * 2 ** 30, availableBytes: 4 * 2 ** 30 });
    const whole = { totalBytes: 10, availableBytes: 8 };
    expect(withinCgroup(whole, { limit: '9223372036854771712', used: '5', stat: null })).toEqual(whole);
    const first = { 'sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 ** 30}`, 'sys/fs/cgroup/memory/memory.usage_in_bytes': '0' };
    expect((await createMachineProbe({ root: await machine({ ...files, ...first }) }).read(new Set())).ram.totalBytes).toBe(2 ** 30);
  });

  test('M10: an NVIDIA card’s memory less what other programs hold, with an orphan by its name', async () => {
    const root = await machine({
      'proc/meminfo': MEMINFO,
      'dev/nvidia0': '',
      ...process(4242, 'VLLM::EngineCore', { residentMib: 1_024 }),
      ...process(77, '/usr/bin/node dist/service.js model-runtime', { parent: 70 }),
    });
    const asked: string[][] = [];
    const probe = createMachineProbe({
      root,
      tool: (command, args) => {
        asked.push([command, ...args]);
        return Promise.resolve(args[0]!.startsWith('--query-gpu') ? '12282, 11890\n24564, 3107\n' : '4242, VLLM::EngineCore, 20480\n77, /usr/bin/node, 512\n');
      },
    });
    const { gpu, holders, isUnified } = await probe.read(new Set([77]));
    expect(gpu).toEqual({ totalBytes: 24_564 * 2 ** 20, availableBytes: 3_107 * 2 ** 20 });
    expect(holders).toEqual([{ pid: 4242, name: 'vllm', bytes: (20_480 + 1_024) * 2 ** 20, isOrphan: true }]);
    expect(isUnified).toBe(false);
    expect(asked.every(([command]) => command === 'nvidia-smi')).toBe(true);
  });

  test('M10: a Jetson’s accelerator has the system’s memory, whatever nvidia-smi says', async () => {
    const root = await machine({
      'proc/meminfo': 'MemTotal:        7441552 kB\nMemFree:          312344 kB\nMemAvailable:    3112208 kB\nNvMapMemUsed:    1203344 kB\n',
      'proc/device-tree/compatible': 'nvidia,p3768-0000+p3767-0003\0nvidia,tegra234\0',
      'dev/nvidia0': '',
    });
    const seen = await createMachineProbe({ root, tool: () => Promise.resolve('[N/A], [N/A]\n') }).read(new Set());
    expect(seen).toMatchObject({ gpu: null, isUnified: true, ram: { availableBytes: 3_112_208 * 1024 } });
    expect(admit(qwen, seen, []).message).toContain('memory that system and accelerator share');
  });

  test('M10: odd lines of nvidia-smi are no numbers', () => {
    expect(parseCards('[N/A], [N/A]\n')).toBeNull();
    expect(parseCards('No devices were found\n')).toBeNull();
    expect(parseApps('123, [Not Found], [N/A]\nNo running processes found\n7, /opt/a, b/tool, 300\n')).toEqual([
      { pid: 7, name: 'tool', bytes: 300 * 2 ** 20 },
    ]);
  });

  test('M10: model programs are known by their command lines; who is in a service’s care is no orphan', () => {
    expect(modelProgram('/usr/local/bin/llama-server -m x.gguf')).toBe('llama-server');
    expect(modelProgram('python3 -m vllm.entrypoints.openai.api_server')).toBe('vllm');
    expect(modelProgram('/usr/bin/vim notes-on-ollama.txt')).toBeNull();
    expect(isLeftBehind({ parentPid: 1, cgroup: '0::/system.slice/ollama.service\n' })).toBe(false);
    expect(isLeftBehind({ parentPid: 1, cgroup: '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope\n' })).toBe(true);
    expect(isLeftBehind({ parentPid: 900, cgroup: '0::/\n' })).toBe(false);
  });

  test('M10: the machine that this runs on can be read', async () => {
    const { ram: pool } = await createMachineProbe().read(new Set());
    expect(pool.totalBytes).toBeGreaterThan(1e8);
    expect(pool.availableBytes).toBeLessThanOrEqual(pool.totalBytes);
  });
});
