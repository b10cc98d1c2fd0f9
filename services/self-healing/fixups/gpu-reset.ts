import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defineFixup } from '../types.ts';

const run = promisify(execFile);
const PATIENCE_MS = 60_000;

/** NVIDIA's own way. It needs root, and refuses while a program holds the GPU: so the runtime is started again afterwards by hand or by its check. */
export const gpuReset = defineFixup({
  id: 'gpu.reset',
  proofMs: 180_000,
  canary: false,
  async apply(_needs, { subject }) {
    const index = /\d+/.exec(subject)?.[0] ?? '0';
    await run('nvidia-smi', ['--gpu-reset', '-i', index], { timeout: PATIENCE_MS });
    return `The GPU ${index} was reset.`;
  },
});
