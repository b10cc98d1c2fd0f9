import type { UpdateEvent } from '#contracts';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import type { Column } from '../../components/ui/table.tsx';
import { useFormat } from '../../lib/format/use-format.ts';

/** An update a row: what became of it, how long people waited, and why it went back. */
export const useHistoryColumns = (): Column<UpdateEvent>[] => {
  const { t } = useTranslation('updates');
  const format = useFormat();
  return [
    { id: 'at', header: t('column.at'), width: '170px', cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
    { id: 'update', header: t('column.update'), phone: 'bare', cell: ({ from, to }) => <span className="num">{`${from} → ${to}`}</span> },
    { id: 'outcome', header: t('column.outcome'), cell: ({ state }) => t(`state.${state as 'committed'}`, { defaultValue: state }) },
    {
      id: 'took',
      header: t('column.took'),
      cell: ({ durationMs }) => <span className="num">{durationMs === null ? '–' : format.duration(durationMs)}</span>,
    },
    { id: 'by', header: t('column.by'), cell: ({ by }) => by ?? '–' },
    {
      id: 'waited',
      header: t('column.waited'),
      cell: ({ downtimeMs }) => <span className="num">{downtimeMs === null ? '–' : format.duration(downtimeMs)}</span>,
    },
    {
      id: 'reason',
      header: t('column.reason'),
      cell: ({ reason, logLines }) => (
        <div style={{ overflowWrap: 'anywhere' }}>
          {reason ?? '–'}
          {logLines.length > 0 && (
            <details>
              <summary>{t('log')}</summary>
              <pre className="small" style={{ whiteSpace: 'pre-wrap' }}>
                {logLines.join('\n')}
              </pre>
            </details>
          )}
        </div>
      ),
    },
  ];
};
