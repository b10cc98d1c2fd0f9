import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** What pdf.js fetches while it draws: character maps, the standard fonts, colour profiles and image decoders. */
const FOLDERS = ['cmaps', 'standard_fonts', 'iccs', 'wasm'];

/**
 * Ships pdf.js' own resources beside the bundle, so that a box without a network shows every PDF. Their folder carries the
 * release, because what lies under `/assets/` is kept by browsers for ever. Licences travel with the files.
 */
export const pdfjsAssets = (): Plugin => {
  const manifest = createRequire(import.meta.url).resolve('pdfjs-dist/package.json');
  const root = dirname(manifest);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return {
    name: 'arasul:pdfjs-assets',
    apply: 'build',
    generateBundle() {
      for (const folder of FOLDERS) {
        for (const file of readdirSync(join(root, folder))) {
          this.emitFile({ type: 'asset', fileName: `assets/pdfjs-${version}/${folder}/${file}`, source: readFileSync(join(root, folder, file)) });
        }
      }
    },
  };
};
