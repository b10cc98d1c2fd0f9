import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { apiPath } from '../../lib/api/client.ts';
import { PdfView, type Focus } from './pdf-view.tsx';
import { TextView } from './text-view.tsx';

interface Props {
  document: { id: string; filename: string; mimeType: string };
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
        <ActionIcon component="a" href={url} download={document.filename} aria-label={t('viewer.download')} size="md">
          <IconDownload size={17} />
        </ActionIcon>
      </Tooltip>
      {actions}
    </>
  );
  return document.mimeType === 'application/pdf' ? (
    <PdfView url={url} focus={focus} actions={all} />
  ) : (
    <TextView documentId={document.id} mimeType={document.mimeType} quote={quote} actions={all} />
  );
};
