import { Button } from '@mantine/core';
import { settingsSchema, type Settings } from '#contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { isApiError } from '../../lib/api/errors.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { changesOf, fields, type Draft } from './fields.ts';
import { SettingField, type Problem } from './setting-field.tsx';
import styles from './settings.module.css';

const settingsKey = ['settings'];

/** All settings of the box, by group; what is changed is saved together. */
export const SettingsPage = () => {
  const { t } = useTranslation(['settings', 'common']);
  const query = useQuery({ queryKey: settingsKey, queryFn: () => api.get('/settings', 'settingsSchema') });
  return (
    <Page title={t('common:places.settings')} sentence={t('settings:sentence')} width="form">
      <QueryView query={query}>{(stored) => <Form stored={stored} />}</QueryView>
    </Page>
  );
};

const problemsOf = (error: unknown): Record<string, Problem> => {
  if (!isApiError(error, 'validation_failed')) return {};
  const { problems } = (error.details ?? {}) as { problems?: { path: string; message: string }[] };
  return Object.fromEntries((problems ?? []).map(({ path, message }) => [path, { message }]));
};

const Form = ({ stored }: { stored: Settings }) => {
  const { t } = useTranslation(['settings', 'common']);
  const [edited, setEdited] = useState<Draft>({});
  const draft = useMemo(
    () => Object.fromEntries(Object.entries(stored).map(([group, values]) => [group, { ...values, ...edited[group] }])) as Draft,
    [stored, edited],
  );
  const changes = changesOf(stored, draft);
  const count = Object.values(changes).reduce((sum, values) => sum + Object.keys(values).length, 0);
  const save = useMutation({
    mutationFn: () => api.patch('/settings', 'settingsSchema', changes),
    onSuccess: (after) => {
      queryClient.setQueryData(settingsKey, after);
      setEdited({});
      say(t('settings:saved'));
    },
    onError: (error) => {
      if (!isApiError(error, 'validation_failed')) sayError(error);
    },
  });
  const found = settingsSchema.safeParse(draft);
  const problems: Record<string, Problem> = {
    ...problemsOf(save.error),
    ...Object.fromEntries(found.success ? [] : found.error.issues.map((issue) => [issue.path.join('.'), issue])),
  };
  useBlocker({ shouldBlockFn: () => count > 0 && !window.confirm(t('settings:leave')), enableBeforeUnload: () => count > 0 });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (count > 0 && found.success) save.mutate();
      }}
    >
      {Object.entries(fields).map(([group, names]) => (
        <Section key={group} title={t(`settings:group.${group as 'general'}`)}>
          <div className={styles.group}>
            {Object.entries(names).map(([name, field]) => (
              <SettingField
                key={name}
                path={`${group}.${name}`}
                field={field}
                value={draft[group]?.[name] ?? ''}
                changed={changes[group]?.[name] !== undefined}
                problem={problems[`${group}.${name}`]}
                onChange={(value) => {
                  save.reset();
                  setEdited((now) => ({ ...now, [group]: { ...now[group], [name]: value } }));
                }}
              />
            ))}
          </div>
        </Section>
      ))}
      {count > 0 && (
        <div className={styles.save} role="status">
          <span>{t('settings:changes', { count })}</span>
          <Button variant="default" onClick={() => setEdited({})}>
            {t('settings:discard')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!found.success}>
            {t('common:save')}
          </Button>
        </div>
      )}
    </form>
  );
};
