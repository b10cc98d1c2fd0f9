import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** What pdf.js fetches while it draws: character maps, the standard fonts, colour profiles and image decoders. */
const FOLDERS = ['cmaps', 'standard_fonts', 'iccs', 'wasm'];

/**
 * Ships pdf.js' own resources beside the bundle under `/assets/pdfjs/`, so that a box without a network shows every PDF.
 * Licences travel with the files.
 */
export const pdfjsAssets = (): Plugin => {
  const root = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  return {
    name: 'arasul:pdfjs-assets',
    apply: 'build',
    generateBundle() {
      for (const folder of FOLDERS) {
        for (const file of readdirSync(join(root, folder))) {
          this.emitFile({ type: 'asset', fileName: `assets/pdfjs/${folder}/${file}`, source: readFileSync(join(root, folder, file)) });
        }
      }
    },
  };
};
