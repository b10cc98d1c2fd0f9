import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createWorker, OEM } from 'tesseract.js';

const require = createRequire(import.meta.url);
/** Trained for the neural engine alone, in whole numbers: as fast as the small models and better with poor scans. */
const MODELS = '4.0.0_best_int';

/** A line of a picture, in pixels. */
export interface PictureLine {
  readonly words: readonly PictureWord[];
  /** Its baseline, and the height of its letters with what reaches below. */
  readonly y: number;
  readonly height: number;
  readonly startsParagraph: boolean;
}

export interface PictureWord {
  readonly text: string;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** 0..1 */
  readonly confidence: number;
}

export interface Recogniser {
  /** Reads a picture (PNG). */
  read(png: Buffer): Promise<PictureLine[]>;
  close(): Promise<unknown>;
}

/** A folder with the models of some languages, which their packages keep apart. */
const gatherModels = (languages: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'arasul-ocr-'));
  for (const language of languages) {
    const from = dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
    copyFileSync(join(from, MODELS, `${language}.traineddata.gz`), join(folder, `${language}.traineddata.gz`));
  }
  return folder;
};

/** Starts the engine with the models of these languages, which come with the product. */
export const startRecogniser = async (languages: readonly string[]): Promise<Recogniser> => {
  const langPath = gatherModels(languages);
  try {
    const worker = await createWorker([...languages], OEM.LSTM_ONLY, { langPath, gzip: true, cacheMethod: 'none' });
    return {
      async read(png) {
        const { data } = await worker.recognize(png, {}, { text: false, blocks: true });
        return (data.blocks ?? []).flatMap(({ paragraphs }) =>
          paragraphs.flatMap(({ lines }) =>
            lines.map((line, at) => ({
              words: line.words.map(({ text, bbox, confidence }) => ({ text, ...bbox, confidence: confidence / 100 })),
              y: (line.baseline.y0 + line.baseline.y1) / 2,
              height: line.rowAttributes.rowHeight,
              startsParagraph: at === 0,
            })),
          ),
        );
      },
      close: () => worker.terminate(),
    };
  } finally {
    rmSync(langPath, { recursive: true, force: true });
  }
};
