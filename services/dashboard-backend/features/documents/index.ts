export { mayShare as mayShareDocument } from './document-view.ts';
export { documentsRepository } from './documents.repository.ts';
export { documentRoutes } from './documents.routes.ts';
export { createDocumentsService, type DocumentsService } from './documents.service.ts';
export { createUploadsService } from './uploads.service.ts';
