import { useEffect, useState } from 'react';
import { openPdf, type PDFDocumentProxy } from './pdf.ts';

export interface OpenPdf {
  document: PDFDocumentProxy;
  /** Size of the first page in points; the others are taken to be alike until they are seen. */
  width: number;
  height: number;
}

/** The opened PDF, or why it cannot be shown. It is closed when the reader goes away. */
export const usePdf = (url: string): { pdf: OpenPdf | undefined; error: unknown } => {
  const [state, setState] = useState<{ url: string; pdf?: OpenPdf; error?: unknown }>({ url });
  useEffect(() => {
    const task = openPdf(url);
    let open = true;
    const load = async () => {
      try {
        const document = await task.promise;
        const { width, height } = (await document.getPage(1)).getViewport({ scale: 1 });
        if (open) setState({ url, pdf: { document, width, height } });
      } catch (error) {
        if (open) setState({ url, error });
      }
    };
    void load();
    return () => {
      open = false;
      void task.destroy();
    };
  }, [url]);
  return state.url === url ? { pdf: state.pdf, error: state.error } : { pdf: undefined, error: undefined };
};
