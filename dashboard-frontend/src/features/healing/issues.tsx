import { Button } from '@mantine/core';
import type { IssueView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { useMay } from '../../lib/api/queries.ts';
import styles from './healing.module.css';
import { requestRepair, useAsk, useHealingWords } from './use-healing.ts';

const tones: Record<IssueView['severity'], Tone> = { INFO: 'idle', WARNING: 'warn', CRITICAL: 'bad' };

/** What is wrong now, each with the repairs that may cure it. */
export const Issues = ({ issues }: { issues: readonly IssueView[] }) => {
  const { t } = useTranslation('healing');
  const words = useHealingWords();
  const admin = useMay('admin');
  const [asked, setAsked] = useState<{ issue: IssueView; fixup: string } | null>(null);
  const repair = useAsk(requestRepair, t('repairAsked'));
  const columns: Column<IssueView>[] = [
    {
      id: 'what',
      header: t('column.what'),
      phone: 'bare',
      cell: ({ checkId, description, incurable }) => (
        <>
          <span className={styles.strong}>{words.check(checkId)}</span>
          <p className={styles.why}>{incurable === null ? description : `${description} ${incurable}`}</p>
        </>
      ),
    },
    { id: 'state', header: t('column.state'), cell: ({ severity, status }) => <StateWord tone={tones[severity]}>{t(`issueState.${status}`)}</StateWord> },
    { id: 'since', header: t('column.since'), cell: ({ raisedAt }) => <RelativeTime at={raisedAt} /> },
    {
      id: 'repair',
      header: t('column.repair'),
      quietHeader: true,
      align: 'end',
      cell: (issue) =>
        admin && issue.status !== 'healing'
          ? issue.suggestions.map(({ fixup }) => (
              <Button key={fixup} size="xs" variant="default" className={styles.button} onClick={() => setAsked({ issue, fixup })}>
                {words.fixup(fixup)}
              </Button>
            ))
          : null,
    },
  ];
  const suggestion = asked?.issue.suggestions.find(({ fixup }) => fixup === asked.fixup);
  return (
    <>
      <Table label={t('issues')} columns={columns} rows={issues} rowKey={({ id }) => id} />
      {asked && suggestion && (
        <Dialog title={words.fixup(asked.fixup)} onClose={() => setAsked(null)}>
          <p>{asked.issue.description}</p>
          <p className={styles.why}>
            {suggestion.destroys === 'nothing' ? t('losesNothing') : t('loses', { what: words.loses(asked.fixup, suggestion.destroys) })}
          </p>
          <div className={styles.actions}>
            <Button variant="default" onClick={() => setAsked(null)}>
              {t('leave')}
            </Button>
            <Button
              loading={repair.isPending}
              onClick={() => repair.mutate({ issueId: asked.issue.id, fixup: asked.fixup }, { onSettled: () => setAsked(null) })}
            >
              {t('doRepair')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
};
