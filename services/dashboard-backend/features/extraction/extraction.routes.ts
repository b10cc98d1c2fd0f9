import { extractionFile, extractionRequest, extractionTable } from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import type { ExtractionService } from './extraction.service.ts';
import { toCsv, toXlsx } from './table-file.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const extractionRoutes = (extraction: ExtractionService): Route[] => [
  route({
    method: 'post',
    path: '/extractions',
    auth: 'user',
    scope: 'search',
    summary: 'The same fields out of many documents, word for word, with a source for each cell.',
    body: extractionRequest,
    output: extractionTable,
    status: 200,
    handle: ({ who, body }) => extraction.extract(who, body),
  }),
  rawRoute({
    method: 'post',
    path: '/extractions/file',
    auth: 'user',
    scope: 'search',
    summary: 'The same table as a CSV or XLSX file.',
    query: extractionFile,
    body: extractionRequest,
    produces: 'application/octet-stream',
    handle: async ({ who, query: { format }, body, response }) => {
      const table = await extraction.extract(who, body);
      response.attachment(`fields.${format}`).type(format === 'csv' ? 'text/csv' : XLSX);
      response.send(format === 'csv' ? toCsv(table) : await toXlsx(table));
    },
  }),
];
