import type { ExtractionRequest } from '#contracts';
import { send } from '../../lib/api/client.ts';

/** Fills the table again as a file and hands it to the browser. Errors: ApiError. */
export const saveTable = async (format: 'csv' | 'xlsx', request: ExtractionRequest): Promise<void> => {
  const response = await send('POST', '/extractions/file', { query: { format }, body: request });
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: address, download: `fields.${format}` });
  link.click();
  URL.revokeObjectURL(address);
};
