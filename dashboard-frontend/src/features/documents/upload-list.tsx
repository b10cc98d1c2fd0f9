import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { StateMark } from '../../components/ui/state-mark.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './documents.module.css';
import { dismissUpload, retryUpload, useUploads, type Upload } from './uploads.ts';

/** Files on their way to the box, and those that did not arrive, with the way on. */
export const UploadList = () => {
  const { t } = useTranslation('documents');
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  return (
    <ul className={styles.uploads} aria-label={t('uploads')}>
      {uploads.map((upload) => (
        <Row key={upload.key} upload={upload} />
      ))}
    </ul>
  );
};

const Row = ({ upload }: { upload: Upload }) => {
  const { t } = useTranslation(['documents', 'common']);
  const format = useFormat();
  const errorText = useErrorText();
  const { key, file, state, share, etaMs, error, duplicateOf } = upload;
  return (
    <li data-state={state}>
      <span className="clip" title={file.name}>
        {file.name}
      </span>
      {state === 'waiting' && <span className="small quiet">{t('documents:upload.waiting')}</span>}
      {state === 'sending' && (
        <>
          <span className="small quiet num">
            {t('documents:upload.sent', { done: format.bytes(file.size * share), total: format.bytes(file.size) })}
            {etaMs !== undefined && ` · ${t('documents:left', { time: format.estimate(etaMs) })}`}
          </span>
          <Bar share={share} label={file.name} />
        </>
      )}
      {state === 'refused' && (
        <span className={styles.failed} role="alert">
          <StateMark tone="bad" />
          <span>{errorText(error)}</span>
          <Button size="compact-sm" variant="default" onClick={() => retryUpload(key)}>
            {t('documents:retry')}
          </Button>
        </span>
      )}
      {state === 'known' && duplicateOf !== undefined && (
        <span className="small quiet">
          {t('documents:upload.known')}{' '}
          <Link to="/documents/$documentId" params={{ documentId: duplicateOf }}>
            {t('documents:upload.open')}
          </Link>
        </span>
      )}
      <ActionIcon aria-label={state === 'sending' || state === 'waiting' ? t('common:cancel') : t('common:close')} onClick={() => dismissUpload(key)} size="md">
        <IconX size={15} />
      </ActionIcon>
    </li>
  );
};
