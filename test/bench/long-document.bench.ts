import { openDatabase } from '#db';
import { silentLogger } from '#kit';
import { embeddedUrl } from '../../services/launcher/embedded-postgres.ts';
import { testModelsDir } from '../support/models.ts';
import { prosePdf } from '../support/pdf.ts';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { startTestRuntime } from '../support/runtime.ts';
import { waitFor } from '../support/wait.ts';
import { defineBench, type Figure } from './bench.ts';

const PAGES = 1_000;
const EACH = 64;
const LONGEST_MS = 900_000;

/** The owner's token of a box that has just started for the first time. */
const makeOwner = async ({ url, code }: Product): Promise<string> => {
  const body = JSON.stringify({ code, username: 'owner', password: 'Tr0ub4dour-and-3-horses' });
  const answer = await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await answer.json()) as { accessToken: string }).accessToken;
};

/** Seconds from the upload's begin until the last page can be found by its words, and until the last passage has its vector. */
const index = async ({ url }: Product, token: string, pdf: Buffer) => {
  const headers = { authorization: `Bearer ${token}` };
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const upload = await fetch(`${url}/api/v1/documents?filename=long.pdf`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(pdf),
  });
  const { items } = (await upload.json()) as { items: { id: string }[] };
  const takenS = since();
  const findsLastPage = async (): Promise<boolean> => {
    const body = JSON.stringify({ query: `marker${PAGES}`, mode: 'words' });
    const answer = await fetch(`${url}/api/v1/search`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
    return ((await answer.json()) as { items: { page: number }[] }).items[0]?.page === PAGES;
  };
  await waitFor(findsLastPage, { what: 'the words of the last page', timeoutMs: LONGEST_MS, everyMs: 100 });
  const wordsS = since();
  const status = async (): Promise<boolean> => {
    const answer = await fetch(`${url}/api/v1/documents/${items[0]!.id}`, { headers });
    return ((await answer.json()) as { status: string }).status === 'indexed';
  };
  await waitFor(status, { what: 'the vectors', timeoutMs: LONGEST_MS, everyMs: 250 });
  const vectorsS = since();
  return { takenS, wordsS, vectorsS };
};

/** Seconds that the runtime alone needs for the same passages, in batches of the same size. */
const rawSeconds = async (texts: readonly string[]): Promise<number> => {
  const runtime = await startTestRuntime();
  try {
    await runtime.client.embed(texts.slice(0, EACH), { kind: 'passage', class: 'background' });
    const began = performance.now();
    for (let at = 0; at < texts.length; at += EACH) await runtime.client.embed(texts.slice(at, at + EACH), { kind: 'passage', class: 'background' });
    return (performance.now() - began) / 1000;
  } finally {
    await runtime.close();
  }
};

export default defineBench({
  name: 'long document',
  about: `A PDF of ${PAGES} pages of prose, uploaded to the product as it runs, until its last page is found by words and all of it by meaning; against the same embedding model asked directly for the same passages.`,
  async measure() {
    const data = await makeDataDir();
    const product = await startProduct({ dataDir: data.dataDir, env: { ARASUL_MODELS_DIR: await testModelsDir() } });
    try {
      const database = openDatabase({ url: embeddedUrl(data.dataDir), log: silentLogger });
      const token = await makeOwner(product);
      const { takenS, wordsS, vectorsS } = await index(product, token, prosePdf(PAGES));
      const passages = await database.db.selectFrom('document_chunks').select(['context_header', 'content']).orderBy('id').execute();
      await database.close();
      await product.stop();
      const raw = await rawSeconds(passages.map(({ context_header, content }) => `${context_header}\n${content}`));
      return [
        { name: 'uploaded', value: takenS, unit: 's' },
        { name: 'every page found by words', value: wordsS, unit: 's', goal: { atMost: 10, text: '<= 10 s' } },
        { name: 'every passage found by meaning', value: vectorsS, unit: 's' },
        {
          name: 'passages with vectors, from the upload on',
          value: passages.length / vectorsS,
          unit: 'passages/s',
          reference: { name: 'the model asked directly', value: passages.length / raw },
          goal: { atLeast: 0.9, text: '>= 0.9x' },
        },
      ] satisfies Figure[];
    } finally {
      await product.stop();
      await data.remove();
    }
  },
});
