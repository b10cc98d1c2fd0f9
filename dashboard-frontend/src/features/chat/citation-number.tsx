import type { Citation } from '#contracts';
import { HoverCard } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './message.module.css';
import { useOpenSource } from './source-context.ts';

/** A source as a small number: hover shows the quote, a click opens it beside the answer. */
export const CitationNumber = ({ citation }: { citation: Citation }) => {
  const { t } = useTranslation(['chat', 'common']);
  const format = useFormat();
  const { opened, open } = useOpenSource();
  const where = t('common:fileAndPage', { file: citation.filename, page: citation.page });
  return (
    <HoverCard width={380} openDelay={150} closeDelay={80} position="top" shadow="md">
      <HoverCard.Target>
        <button
          type="button"
          className={styles.citation}
          data-open={opened?.passageId === citation.passageId || undefined}
          onClick={() => open(citation)}
          aria-label={t('chat:citation', { number: citation.marker, where })}
        >
          {citation.marker}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown className={styles.card}>
        <p className={styles.quote}>{citation.quote}</p>
        <p className={styles.origin}>
          <span className="clip">{citation.filename}</span>
          <span className="num">{t('chat:source.page', { page: citation.page })}</span>
          <span className="num">{t('chat:support', { support: format.percent(citation.support * 100) })}</span>
        </p>
      </HoverCard.Dropdown>
    </HoverCard>
  );
};
