import { Autocomplete, Select, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { SilenceCreate } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { say } from '../../lib/notify.ts';
import styles from './alerts.module.css';
import { rulesQuery } from './rules.ts';
import { makeSilence, useTargetWords } from './silences.ts';

const parts = ['cpu', 'memory', 'disk', 'gpu', 'temperature', 'service', 'queue', 'documents', 'metrics', 'backup', 'healing'] as const;
const HOUR_MS = 3_600_000;

/** A moment as the browser's field for it wants it, in the reader's own time. */
const toField = (at: number): string => {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** Keeps people from being told of something, from now or later, once or again and again. */
export const SilenceDialog = ({ target: known, onClose }: { target?: string; onClose: () => void }) => {
  const { t } = useTranslation('alerts');
  const words = useTargetWords();
  const rules = useQuery(rulesQuery).data ?? [];
  const open = useQuery({
    queryKey: ['incidents', 'open'],
    queryFn: ({ signal }) => api.page('/incidents', 'incidentView', { query: { state: 'now', limit: 50 }, signal }),
    enabled: known === undefined,
  }).data;
  const [kind, setKind] = useState<SilenceCreate['kind']>('silence');
  const [target, setTarget] = useState(known ?? '*');
  const [own, setOwn] = useState('');
  const [from, setFrom] = useState(() => toField(Date.now()));
  const [to, setTo] = useState(() => toField(Date.now() + 4 * HOUR_MS));
  const [repeats, setRepeats] = useState<'once' | 'daily' | 'weekly'>('once');
  const [reason, setReason] = useState('');
  const isOrdered = from !== '' && to !== '' && to > from;
  const save = useMutation({
    mutationFn: () =>
      makeSilence({
        kind,
        target: own.trim() || target,
        reason: reason.trim(),
        ...(kind === 'maintenance' && { startsAt: new Date(from).toISOString() }),
        ...(kind === 'maintenance' && repeats !== 'once' && { repeats }),
        endsAt: new Date(to).toISOString(),
      }),
    onSuccess: () => {
      say(t('quiet.made'));
      onClose();
    },
  });
  const causes = [...new Set((open?.items ?? []).map(({ cause }) => cause))];
  return (
    <FormDialog title={t('quiet.add')} action={t('quiet.save')} ready={isOrdered} saving={save} onClose={onClose}>
      <SegmentedControl
        aria-label={t('quiet.state')}
        value={kind}
        onChange={(value) => setKind(value)}
        data={(['silence', 'maintenance'] as const).map((value) => ({ value, label: t(`quiet.kind.${value}`) }))}
      />
      <Select
        label={t('quiet.target')}
        allowDeselect={false}
        searchable
        value={target}
        onChange={(value) => setTarget(value ?? '*')}
        data={[
          { value: '*', label: t('quiet.everything') },
          ...(known !== undefined && known !== '*' ? [{ value: known, label: words(known) }] : []),
          ...(causes.length > 0
            ? [{ group: t('quiet.openGroup'), items: causes.filter((cause) => cause.includes(':')).map((cause) => ({ value: cause, label: words(cause) })) }]
            : []),
          { group: t('quiet.partsGroup'), items: parts.filter((part) => part !== known).map((part) => ({ value: part, label: words(part) })) },
          { group: t('quiet.rulesGroup'), items: rules.map(({ id, name }) => ({ value: id, label: name })) },
        ]}
      />
      {known === undefined && (
        <Autocomplete label={t('quiet.own')} description={t('quiet.targetHelp')} value={own} onChange={setOwn} data={causes} spellCheck={false} />
      )}
      <div className={styles.pair}>
        {kind === 'maintenance' && (
          <TextInput label={t('quiet.from')} type="datetime-local" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        )}
        <TextInput
          label={t('quiet.to')}
          type="datetime-local"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={isOrdered ? undefined : t('quiet.wrongOrder')}
        />
      </div>
      {kind === 'maintenance' && (
        <Select
          label={t('quiet.again')}
          allowDeselect={false}
          value={repeats}
          onChange={(value) => setRepeats(value as typeof repeats)}
          data={(['once', 'daily', 'weekly'] as const).map((value) => ({ value, label: t(`quiet.repeats.${value}`) }))}
        />
      )}
      <TextInput label={t('quiet.reason')} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
    </FormDialog>
  );
};
