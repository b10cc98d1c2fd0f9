import {
  byId,
  byPage,
  documentPatch,
  documentPageContent,
  documentPageView,
  documentPassword,
  documentQuery,
  documentVersion,
  documentView,
  page,
  pageQuery,
  passageQuery,
  passageView,
  uploadAnswer,
  uploadQuery,
  type UploadAnswer,
} from '#contracts';
import { z } from 'zod';
import type { Request } from 'express';
import type { ObjectStore } from '#clients';
import { AppError } from '#kit';
import { rawRoute, route, type Principal, type Route } from '../../http/index.ts';
import { linkToContent, sendContent } from './content-response.ts';
import type { DocumentsService } from './documents.service.ts';
import { addSample } from './sample.ts';
import { readUpload } from './upload-request.ts';
import type { UploadsService } from './uploads.service.ts';

interface Needs {
  documents: DocumentsService;
  uploads: UploadsService;
  objects: Pick<ObjectStore, 'read' | 'link'>;
  /** Whether downloads are sent on to where the objects lie. */
  isDirect: () => boolean;
  /** Where the product's README.md and docs/ lie. */
  productDir: string;
}

const contentQuery = z.object({ download: z.stringbool().optional() });

const announcedBytes = (request: Request): number | undefined => {
  const length = Number(request.headers['content-length']);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
};

const receive = async (
  uploads: UploadsService,
  who: Principal,
  request: Request,
  { filename, folderId, sameName }: { filename?: string; folderId?: string; sameName: 'version' | 'separate' },
): Promise<UploadAnswer> => {
  const single = !request.is('multipart/form-data');
  const expectedBytes = announcedBytes(request);
  await uploads.admit(who, { bytes: expectedBytes, single, folderId });
  const outcomes = await readUpload(request, filename, (file) =>
    uploads.take(who, { ...file, folderId, sameName, expectedBytes: single ? expectedBytes : undefined }),
  );
  const items = outcomes.flatMap((outcome) => ('taken' in outcome ? [outcome.taken] : []));
  const refusals = outcomes.flatMap((outcome) => ('refused' in outcome ? [outcome] : []));
  const refused = refusals.map(({ filename: name, refused: { code, message } }) => ({ filename: name, code, message }));
  const first = refusals[0];
  if (items.length > 0) return { items, ...(first === undefined ? {} : { refused }) };
  if (first === undefined)
    throw new AppError('validation_failed', { message: 'The form holds no file. Send one or more as `files`.', details: { path: 'files' } });
  throw refusals.length === 1
    ? first.refused
    : new AppError(first.refused.code, { message: `None of the ${refusals.length} files could be taken. ${first.refused.message}`, details: { refused } });
};

export const documentRoutes = ({ documents, uploads, objects, isDirect, productDir }: Needs): Route[] => [
  route({
    method: 'get',
    path: '/documents',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'The documents of the box.',
    query: documentQuery,
    output: page(documentView),
    handle: ({ who, query }) => documents.list(who, query),
  }),
  rawRoute({
    method: 'post',
    path: '/documents',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Upload files: a form with `files`, or one file as the body.',
    query: uploadQuery,
    output: uploadAnswer,
    status: 201,
    consumes: ['multipart/form-data', 'application/octet-stream'],
    handle: async ({ who, query, request, response }) => void response.status(201).json(await receive(uploads, who, request, query)),
  }),
  route({
    method: 'post',
    path: '/documents/sample',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Index the product’s own documentation as a first knowledge base.',
    output: uploadAnswer,
    status: 201,
    handle: ({ who }) => addSample(uploads, who, productDir),
  }),
  route({
    method: 'get',
    path: '/documents/:id',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'One document with its stage and estimate.',
    params: byId,
    output: documentView,
    handle: ({ who, params }) => documents.get(who, params.id),
  }),
  route({
    method: 'patch',
    path: '/documents/:id',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Rename a document, or move it to another folder.',
    params: byId,
    body: documentPatch,
    output: documentView,
    handle: ({ who, params, body }) => documents.change(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/documents/:id',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Delete a document; it can be taken back for 10 seconds.',
    params: byId,
    handle: ({ who, params }) => documents.remove(who, params.id),
  }),
  route({
    method: 'post',
    path: '/documents/:id/restore',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Take a deletion back.',
    params: byId,
    output: documentView,
    handle: ({ who, params }) => documents.restore(who, params.id),
  }),
  route({
    method: 'post',
    path: '/documents/:id/retry',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Index a failed document again, from where it stopped.',
    params: byId,
    output: documentView,
    handle: ({ who, params }) => documents.retry(who, params.id),
  }),
  route({
    method: 'post',
    path: '/documents/:id/password',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Give the password of a protected document, and read it.',
    params: byId,
    body: documentPassword,
    output: documentView,
    handle: ({ who, params, body }) => documents.unlock(who, params.id, body.password),
  }),
  route({
    method: 'post',
    path: '/documents/:id/cancel',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Stop the indexing of a document.',
    params: byId,
    output: documentView,
    handle: ({ who, params }) => documents.cancel(who, params.id),
  }),
  route({
    method: 'get',
    path: '/documents/:id/versions',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'What a document says and said, newest first.',
    params: byId,
    query: pageQuery,
    output: page(documentVersion),
    handle: ({ who, params, query }) => documents.versions(who, params.id, query),
  }),
  rawRoute({
    method: 'get',
    path: '/documents/:id/content',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'The original file; ranges are honoured.',
    params: byId,
    query: contentQuery,
    produces: 'application/octet-stream',
    handle: async ({ who, params, query, request, response }) => {
      const row = await documents.find(who, params.id);
      const content = { path: row.minio_path, filename: row.filename, mimeType: row.mime_type, sizeBytes: row.size_bytes, sha256: row.sha256 };
      const link = query.download === true && isDirect() ? await linkToContent(objects, content) : null;
      if (link !== null) response.set('Cache-Control', 'no-store').redirect(302, link);
      else await sendContent(objects, content, request, response, query);
    },
  }),
  route({
    method: 'get',
    path: '/documents/:id/passages',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'A document’s passages with page and boxes.',
    params: byId,
    query: passageQuery,
    output: page(passageView),
    handle: ({ who, params, query }) => documents.passages(who, params.id, query),
  }),
  route({
    method: 'get',
    path: '/documents/:id/pages',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'A document’s sheets, slides, chapters or pictures by name.',
    params: byId,
    query: pageQuery,
    output: page(documentPageView),
    handle: ({ who, params, query }) => documents.pages(who, params.id, query),
  }),
  route({
    method: 'get',
    path: '/documents/:id/pages/:page',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'One page as it was read: headings, paragraphs, rows, recognised words.',
    params: byPage,
    output: documentPageContent,
    handle: ({ who, params }) => documents.page(who, params.id, params.page),
  }),
];
