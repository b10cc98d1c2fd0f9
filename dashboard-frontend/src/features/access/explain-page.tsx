import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AccessExplanation, AccessReason } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { idIn } from './id-in.ts';

type Person = AccessExplanation['people'][number];

/** Who could have seen this, and why was I not shown that: for administrators, who need not be able to read the document themselves. */
export const ExplainPage = () => {
  const { t } = useTranslation(['access', 'common']);
  const { document, passage } = useSearch({ from: '/shell/system/access' });
  const query = useQuery({
    queryKey: ['access', 'explain', document, passage],
    queryFn: ({ signal }) => api.get('/access/explain', 'accessExplanation', { query: { documentId: document, passageId: passage }, signal }),
    enabled: document !== undefined || passage !== undefined,
  });
  return (
    <Page title={t('common:places.access')} sentence={t('access:explain.sentence')}>
      <Asked />
      {document === undefined && passage === undefined ? (
        <Empty title={t('access:explain.none')}>{t('access:explain.noneText')}</Empty>
      ) : (
        <QueryView query={query}>{(explanation) => <Explained explanation={explanation} />}</QueryView>
      )}
    </Page>
  );
};

/** A document by its name, or any document or passage by the address or id that somebody sent. */
const Asked = () => {
  const { t } = useTranslation('access');
  const navigate = useNavigate({ from: '/system/access' });
  const [kind, setKind] = useState<'document' | 'passage'>('document');
  const [typed, setTyped] = useState('');
  const [q, setQ] = useState('');
  const [searched] = useDebouncedValue(q.trim(), 150);
  const found = useQuery({
    queryKey: ['documents', 'named', searched],
    queryFn: ({ signal }) => api.page('/documents', 'documentView', { query: { q: searched, limit: 20 }, signal }),
    placeholderData: keepPreviousData,
  });
  const id = idIn(typed);
  return (
    <div style={{ display: 'grid', gap: 16, maxWidth: 640, marginBottom: 24 }}>
      <Select
        label={t('explain.byName')}
        searchable
        searchValue={q}
        onSearchChange={setQ}
        value={null}
        filter={({ options }) => options}
        nothingFoundMessage={t('explain.nameless')}
        onChange={(chosen) => chosen !== null && void navigate({ search: { document: chosen } })}
        data={(found.data?.items ?? []).map(({ id: value, filename: label }) => ({ value, label }))}
      />
      <form
        style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: 8 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (id !== null) void navigate({ search: { [kind]: id } });
        }}
      >
        <TextInput
          style={{ flex: '1 1 280px' }}
          label={t('explain.byId')}
          description={t('explain.byIdHelp')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <SegmentedControl
          aria-label={t('explain.kind')}
          value={kind}
          onChange={(value) => setKind(value)}
          data={(['document', 'passage'] as const).map((value) => ({ value, label: t(`explain.${value}`) }))}
        />
        <Button type="submit" variant="default" disabled={id === null}>
          {t('explain.look')}
        </Button>
      </form>
    </div>
  );
};

const Explained = ({ explanation: { document, people, changes } }: { explanation: AccessExplanation }) => {
  const { t } = useTranslation(['access', 'activity']);
  const reason = useReason();
  const columns: Column<Person>[] = [
    { id: 'name', header: t('access:explain.person'), phone: 'bare', cell: ({ username }) => <span style={{ fontWeight: 500 }}>{username}</span> },
    {
      id: 'may',
      header: t('access:explain.may'),
      cell: ({ reasons, isActive }) => {
        if (!isActive) return <StateWord tone="idle">{t('access:explain.locked')}</StateWord>;
        if (reasons.length === 0) return <StateWord tone="idle">{t('access:explain.no')}</StateWord>;
        return <StateWord tone="ok">{t(reasons.some(({ level }) => level === 'write') ? 'access:explain.write' : 'access:explain.read')}</StateWord>;
      },
    },
    {
      id: 'why',
      header: t('access:explain.why'),
      cell: ({ reasons }) =>
        reasons.length === 0 ? (
          <span className="quiet">{t('access:explain.noReason')}</span>
        ) : (
          <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
            {reasons.map((each, at) => (
              <li key={at}>{reason(each)}</li>
            ))}
          </ul>
        ),
    },
  ];
  const open = people.filter(({ isActive, reasons }) => isActive && reasons.length > 0).length;
  return (
    <>
      <Section title={document.filename}>
        <p>{t('access:explain.count', { count: open, all: people.length })}</p>
        {document.hidden !== null && (
          <p>
            <StateWord tone="warn">{t(`access:explain.hidden.${document.hidden}`)}</StateWord>
          </p>
        )}
        <p className="quiet">
          {[...document.folders.map(({ name, inherits }) => (inherits ? name : t('access:explain.closed', { name }))), document.filename].join(' › ')}
          {!document.inherits && ` · ${t('access:explain.alone')}`}
        </p>
        <Table label={t('access:explain.person')} columns={columns} rows={people} rowKey={({ id }) => id} />
      </Section>
      <Section title={t('access:explain.changes')}>
        {changes.length === 0 ? (
          <p className="quiet">{t('access:explain.noChanges')}</p>
        ) : (
          <Table
            label={t('access:explain.changes')}
            rows={changes.map((change, at) => ({ ...change, key: String(at) }))}
            rowKey={({ key }) => key}
            columns={[
              { id: 'at', header: t('activity:column.at'), cell: ({ at }) => <RelativeTime at={at} /> },
              { id: 'actor', header: t('activity:column.actor'), cell: ({ actor }) => actor ?? t('activity:nobody') },
              {
                id: 'action',
                header: t('activity:column.action'),
                cell: ({ action, subject }) =>
                  `${t(`activity:action.${action.replace('.', '_') as 'access_changed'}`, { defaultValue: action })}${subject === null ? '' : `: ${subject}`}`,
              },
            ]}
          />
        )}
      </Section>
    </>
  );
};

const useReason = () => {
  const { t } = useTranslation('access');
  return ({ by, folderName, groupName, everyone, level }: AccessReason): string => {
    const place = folderName === null ? t('explain.here') : t('explain.folder', { name: folderName });
    if (by === 'document_owner') return t('explain.ownDocument');
    if (by === 'folder_owner') return t('explain.ownFolder', { name: folderName });
    const through = everyone ? t('explain.everyone') : groupName === null ? t('explain.themselves') : t('explain.group', { name: groupName });
    return t('explain.grant', { through, place, level: t(`explain.${level}`) });
  };
};
