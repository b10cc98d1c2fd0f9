import { Button, Popover } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DocumentView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './document-page.module.css';

const SHOWN = 50;

/** What a document says and said: opens any version, and tells which one is looked at. */
export const Versions = ({ document }: { document: DocumentView }) => {
  const { t } = useTranslation('documents');
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({
    queryKey: ['versions', document.id, document.revision, document.hasNewerComing],
    queryFn: () => api.page(`/documents/${document.id}/versions`, 'documentVersion', { query: { limit: SHOWN } }),
    enabled: isOpen,
  });
  if (document.versionOf === null && document.earlierVersions === 0 && !document.hasNewerComing) return null;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={340} trapFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="default" leftSection={<IconHistory size={14} />} onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {document.hasNewerComing ? t('versions.coming') : t('versions.number', { revision: document.revision })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <QueryView query={query}>
          {({ items }) => (
            <ul className={styles.versions} aria-label={t('versions.title')}>
              {items.map((version) => (
                <li key={version.id}>
                  <Link to="/documents/$documentId" params={{ documentId: version.id }} aria-current={version.id === document.id ? 'page' : undefined}>
                    {t('versions.number', { revision: version.revision })}
                  </Link>{' '}
                  {version.isCurrent ? (
                    <StateWord tone="ok">{t('versions.current')}</StateWord>
                  ) : version.status === 'failed' && version.from === null ? (
                    <StateWord tone="bad">{t('failed')}</StateWord>
                  ) : version.from === null ? (
                    <StateWord tone="busy">{t('versions.beingRead')}</StateWord>
                  ) : null}
                  <span className="small quiet num">
                    {version.from !== null && ` ${t('versions.from', { when: format.absolute(Date.parse(version.from)) })}`}
                    {version.until !== null && ` ${t('versions.until', { when: format.absolute(Date.parse(version.until)) })}`}
                    {` · ${format.bytes(version.sizeBytes)}`}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </QueryView>
      </Popover.Dropdown>
    </Popover>
  );
};
