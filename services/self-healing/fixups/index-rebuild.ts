import { AppError } from '#kit';
import { defineFixup } from '../types.ts';

/** Rows are the truth: the index is thrown away and made from them again. */
export const indexRebuild = defineFixup({
  id: 'index.rebuild',
  proofMs: 60_000,
  canary: true,
  async apply({ retriever }) {
    if (!retriever) throw new AppError('conflict', { message: 'The search index lives in another process; starting that again builds it.' });
    await retriever.rebuild();
    const { passages } = await retriever.stats();
    return `The search index was built again from the rows (${passages} passages).`;
  },
});
