import { Button, Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { RuleView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { sayError } from '../../lib/notify.ts';
import { changeRule, refreshRules, rulesQuery } from './rules.ts';
import { useSignalWords } from './signal-words.ts';

/** What the box watches, and what it says when. */
export const RulesPage = () => {
  const { t } = useTranslation(['alerts', 'common']);
  const navigate = useNavigate();
  const query = useQuery(rulesQuery);
  const columns = useColumns();
  const on = query.data?.filter(({ enabled }) => enabled).length ?? 0;
  const off = (query.data?.length ?? 0) - on;
  return (
    <Page
      title={t('common:places.rules')}
      sentence={query.data && `${t('alerts:rules.sentence', { count: on })}${off > 0 ? ` ${t('alerts:rules.off', { count: off })}` : ''}`}
      actions={<Button onClick={() => void navigate({ to: '/alerts/rules/$ruleId', params: { ruleId: 'new' } })}>{t('alerts:rules.add')}</Button>}
    >
      <QueryView query={query}>
        {(rules) =>
          rules.length === 0 ? (
            <Empty title={t('alerts:rules.none')}>{t('alerts:rules.noneText')}</Empty>
          ) : (
            <Table label={t('common:places.rules')} columns={columns} rows={rules} rowKey={({ id }) => id} />
          )
        }
      </QueryView>
    </Page>
  );
};

const standingTones: Record<RuleView['now'], Tone> = { off: 'idle', unheard: 'idle', calm: 'ok', pending: 'busy', firing: 'bad', silent: 'warn' };

const originOf = ({ key, edited, fromThresholds }: RuleView): 'own' | 'changed' | 'thresholds' | 'product' =>
  key === null ? 'own' : edited ? 'changed' : fromThresholds ? 'thresholds' : 'product';

const useColumns = (): Column<RuleView>[] => {
  const { t } = useTranslation('alerts');
  const words = useSignalWords();
  return [
    { id: 'on', header: t('rules.state'), width: '80px', phone: 'corner', cell: (rule) => <OnOff rule={rule} /> },
    {
      id: 'name',
      header: t('rules.name'),
      phone: 'bare',
      cell: (rule) => (
        <>
          <Link to="/alerts/rules/$ruleId" params={{ ruleId: rule.id }}>
            {rule.name}
          </Link>
          <p className="small quiet">{t(`rules.${originOf(rule)}`)}</p>
        </>
      ),
    },
    {
      id: 'now',
      header: t('rules.now'),
      width: '170px',
      cell: ({ now }) => <StateWord tone={standingTones[now]}>{t(`rules.standing.${now}`)}</StateWord>,
    },
    { id: 'when', header: t('rules.when'), cell: ({ definition }) => words.when(definition) },
    { id: 'severity', header: t('column.severity'), cell: ({ definition }) => definition.levels.map(({ severity }) => t(`severity.${severity}`)).join(' / ') },
  ];
};

const OnOff = ({ rule: { id, name, enabled } }: { rule: RuleView }) => {
  const { t } = useTranslation('alerts');
  const turn = useMutation({ mutationFn: (on: boolean) => changeRule(id, { enabled: on }), onError: sayError, onSettled: refreshRules });
  return (
    <Switch
      aria-label={t('rules.turn', { name })}
      checked={turn.isPending ? turn.variables : enabled}
      onChange={(event) => turn.mutate(event.currentTarget.checked)}
    />
  );
};
