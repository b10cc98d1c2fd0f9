import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { apiPath } from '../../lib/api/client.ts';
import { PagesView } from './pages-view.tsx';
import { PdfView, type Focus } from './pdf-view.tsx';
import { PictureView } from './picture-view.tsx';
import { TextView } from './text-view.tsx';

/** Shown from the original; all else as it was read. */
const AS_THEY_ARE = new Set(['text/plain', 'text/markdown', 'text/html']);

interface Props {
  document: { id: string; filename: string; mimeType: string; pages?: number };
  focus: Focus | undefined;
  /** The words of the passage, for formats without pages. */
  quote: string | undefined;
  /** More to do, beside the download. */
  actions?: React.ReactNode;
}

/** The original of a document with a passage marked in it. */
export const DocumentViewer = ({ document, focus, quote, actions }: Props) => {
  const { t } = useTranslation('documents');
  const url = apiPath(`/documents/${document.id}/content`);
  const all = (
    <>
      <Tooltip label={t('viewer.download')}>
        <ActionIcon component="a" href={`${url}?download=true`} download={document.filename} aria-label={t('viewer.download')} size="md">
          <IconDownload size={17} />
        </ActionIcon>
      </Tooltip>
      {actions}
    </>
  );
  if (document.mimeType === 'application/pdf') return <PdfView url={url} focus={focus} actions={all} />;
  if (AS_THEY_ARE.has(document.mimeType)) return <TextView documentId={document.id} mimeType={document.mimeType} quote={quote} actions={all} />;
  if (document.mimeType.startsWith('image/')) return <PictureView url={url} filename={document.filename} focus={focus} actions={all} />;
  return <PagesView document={document} focus={focus} quote={quote} actions={all} />;
};
