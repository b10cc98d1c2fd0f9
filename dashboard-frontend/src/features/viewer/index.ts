export { DocumentViewer } from './document-viewer.tsx';
export type { Focus } from './pdf-view.tsx';
