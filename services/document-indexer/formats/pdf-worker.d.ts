/** pdf.js ships no types for its parser half; all that is done with it is to load it. */
declare module 'pdfjs-dist/legacy/build/pdf.worker.mjs';
