import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { auditEntry, auditQuery, page, type AuditEntry } from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import type { AuditService } from './audit.service.ts';
import { csvLine } from './csv.ts';

const COLUMNS = ['at', 'actor', 'action', 'subject', 'ipAddress', 'details'] as const;

const toLine = (entry: AuditEntry): string =>
  csvLine([entry.at, entry.actor, entry.action, entry.subject, entry.ipAddress, entry.details === null ? null : JSON.stringify(entry.details)]);

async function* toCsv(batches: AsyncIterable<AuditEntry[]>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const batch of batches) yield batch.map(toLine).join('');
}

export const auditRoutes = (audit: AuditService): Route[] => [
  route({
    method: 'get',
    path: '/audit',
    auth: 'admin',
    scope: 'admin',
    summary: 'What was administered, by whom, newest first.',
    query: auditQuery,
    output: page(auditEntry),
    handle: ({ query }) => audit.list(query),
  }),
  rawRoute({
    method: 'get',
    path: '/audit/export',
    auth: 'admin',
    scope: 'admin',
    summary: 'The same as a CSV file.',
    produces: 'text/csv',
    query: auditQuery.omit({ limit: true, cursor: true }),
    async handle({ query, response }) {
      response.setHeader('Content-Type', 'text/csv; charset=utf-8');
      response.setHeader('Content-Disposition', 'attachment; filename="arasul-audit.csv"');
      await pipeline(Readable.from(toCsv(audit.export(query))), response);
    },
  }),
];
